"""The embedded AWS: moto, made to behave like AWS where it is too kind."""

from reconciler.emulator.core import ENDPOINT, Emulator
from reconciler.emulator.server import PortBusyError, serve, serving
from reconciler.emulator.wire import Answer, Call, DroppedError, Wire

__all__ = ["ENDPOINT", "Answer", "Call", "DroppedError", "Emulator", "PortBusyError", "Wire", "serve", "serving"]
