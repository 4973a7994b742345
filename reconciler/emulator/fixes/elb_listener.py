"""ELBv2: listeners check their certificates, policies and target groups."""

from __future__ import annotations

from typing import Any, Final

from moto.elbv2.exceptions import DuplicateListenerError, ELBClientError, ListenerNotFoundError, ValidationError
from moto.elbv2.models import ELBv2Backend, FakeAction, FakeListener
from moto.elbv2.ssl_policies import SSL_POLICIES

from reconciler.emulator.patch import once, replaces

SECURE: Final = frozenset({"HTTPS", "TLS"})
DEFAULT_POLICY: Final = "ELBSecurityPolicy-2016-08"
REDIRECT_DEFAULTS: Final = {
    "Protocol": "#{protocol}",
    "Port": "#{port}",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
}
SESSIONS: Final = frozenset({"AuthenticateOidcConfig", "AuthenticateCognitoConfig"})
SESSION_DEFAULTS: Final = {
    "SessionCookieName": "AWSELBAuthSessionCookie",
    "Scope": "openid",
    "SessionTimeout": 604800,
    "OnUnauthenticatedRequest": "authenticate",
}
HIDDEN: Final = ("ClientSecret", "UseExistingClientSecret")


@once
def install() -> None:
    """Mend listeners and the shape of actions."""
    _actions()
    _creation()
    _modification()
    _reading()


def _actions() -> None:
    @replaces(FakeAction, "__init__")
    def init(original: Any, self: Any, data: dict[str, Any]) -> None:
        original(self, complete(data))


def complete(action: dict[str, Any]) -> dict[str, Any]:
    """Fill in what AWS adds to an action: a forward is shown in both of its forms."""
    full = {"Order": 1} | action
    if full["Type"] == "forward":
        config = dict(full.get("ForwardConfig") or {})
        groups = config.get("TargetGroups") or [{"TargetGroupArn": full.get("TargetGroupArn")}]
        config["TargetGroups"] = [{"Weight": 1} | group for group in groups]
        config["TargetGroupStickinessConfig"] = config.get("TargetGroupStickinessConfig") or {"Enabled": False}
        full["ForwardConfig"] = config
        if len(groups) == 1:
            full["TargetGroupArn"] = groups[0]["TargetGroupArn"]
    if full["Type"] == "redirect":
        full["RedirectConfig"] = REDIRECT_DEFAULTS | full["RedirectConfig"]
    for name in SESSIONS & full.keys():
        config = SESSION_DEFAULTS | full[name]
        full[name] = {key: value for key, value in config.items() if key not in HIDDEN}
    return full


def check_actions(backend: Any, balancer: Any, actions: list[dict[str, Any]]) -> None:
    """Refuse target groups that do not exist, speak another protocol or serve another load balancer; and no secret."""
    for action in actions:
        config = action.get("AuthenticateOidcConfig")
        if config is not None and not any(config.get(name) for name in HIDDEN):
            raise ValidationError("A client secret must be specified, unless the existing one is to be used")
    for action in map(complete, actions):
        for one in (action.get("ForwardConfig") or {}).get("TargetGroups", []):
            group = backend.target_groups.get(one["TargetGroupArn"])
            if group is None:
                raise ELBClientError("TargetGroupNotFound", f"Target group '{one['TargetGroupArn']}' not found")
            if any(arn != balancer.arn for arn in group.load_balancer_arns):
                raise ELBClientError(
                    "TargetGroupAssociationLimit", f"'{group.arn}' cannot serve more than one load balancer"
                )
            web = group.protocol in {"HTTP", "HTTPS"} or group.target_type == "lambda"
            if web != (balancer.type == "application"):
                raise ELBClientError(
                    "InvalidConfigurationRequest", f"Protocol {group.protocol} does not suit this load balancer"
                )
            if group.vpc_id and group.vpc_id != balancer.vpc_id:
                raise ELBClientError("InvalidConfigurationRequest", f"'{group.arn}' is in another VPC")


def _creation() -> None:
    @replaces(ELBv2Backend, "create_listener")
    def create(original: Any, self: Any, **asked: Any) -> Any:
        balancer = self.load_balancers.get(asked["load_balancer_arn"])
        if balancer is None:
            return original(self, **asked)
        secure = asked["protocol"] in SECURE
        if not secure:
            asked["ssl_policy"] = None
        twin = next((one for one in balancer.listeners.values() if one.port == asked["port"]), None)
        if twin is not None:
            if _same(twin, asked):
                return twin
            raise DuplicateListenerError
        _check_security(self, asked["protocol"], asked["ssl_policy"], asked["certificate"])
        check_actions(self, balancer, asked["actions"])
        listener = original(self, **asked)
        if balancer.type == "application":
            listener.attributes = {"routing.http.response.server.enabled": "true"}
        return listener


def _same(listener: FakeListener, asked: dict[str, Any]) -> bool:
    mine = listener.protocol, listener.ssl_policy, listener.certificate, [a.data for a in listener.default_actions]
    wanted = [complete(action) for action in asked["actions"]]
    return mine == (asked["protocol"], asked["ssl_policy"], asked["certificate"], wanted)


def _check_security(backend: Any, protocol: str, policy: str | None, certificate: str | None) -> None:
    if protocol not in SECURE:
        if certificate:
            raise ValidationError(f"A certificate cannot be specified for {protocol} listeners")
        return
    if policy not in SSL_POLICIES:
        raise ELBClientError("SSLPolicyNotFound", f"SSL policy '{policy}' not found")
    if not certificate:
        raise ValidationError(f"A certificate must be specified for {protocol} listeners")
    check_certificate(backend, certificate)


def check_certificate(backend: Any, arn: str) -> None:
    """Refuse a certificate that does not exist or is not issued."""
    if not backend._certificate_exists(certificate_arn=arn):
        raise ELBClientError("CertificateNotFound", f"Certificate '{arn}' not found")
    if ":acm:" not in arn:
        return
    from moto.acm.models import acm_backends

    status = acm_backends[backend.account_id][backend.region_name].get_certificate(arn).status
    if status != "ISSUED":
        message = f"The certificate '{arn}' must be issued and have a supported key; it is {status}"
        raise ELBClientError("UnsupportedCertificate", message)


def _modification() -> None:
    @replaces(ELBv2Backend, "modify_listener")
    def modify(original: Any, self: Any, arn: str, *args: Any) -> Any:
        port, protocol, policy, certificates, actions = args
        listener = self.describe_listeners(None, [arn])[0]
        balancer = self.load_balancers[listener.load_balancer_arn]
        if port is not None and any(o.port == port and o.arn != arn for o in balancer.listeners.values()):
            raise DuplicateListenerError
        for certificate in certificates or []:
            check_certificate(self, certificate["CertificateArn"])
        check_actions(self, balancer, actions or [])
        result = original(self, arn, port, protocol, policy, certificates, actions)
        if listener.protocol in SECURE:
            listener.ssl_policy = listener.ssl_policy or DEFAULT_POLICY
        else:
            listener.ssl_policy, listener.certificate, listener.certificates = None, None, []
        return result

    @replaces(ELBv2Backend, "add_listener_certificates")
    def add(original: Any, self: Any, arn: str, certificates: list[dict[str, Any]]) -> Any:
        listener = self.describe_listeners(None, [arn])[0]
        for certificate in certificates:
            check_certificate(self, certificate["CertificateArn"])
        fresh = [one for one in certificates if one["CertificateArn"] not in listener.certificates]
        return original(self, arn, fresh)


def _reading() -> None:
    @replaces(ELBv2Backend, "describe_listeners")
    def describe(original: Any, self: Any, load_balancer_arn: str | None, listener_arns: list[str]) -> Any:
        found = original(self, load_balancer_arn, listener_arns)
        if not load_balancer_arn and len(found) < len(set(listener_arns or [])):
            raise ListenerNotFoundError
        return found
