"""ACM behaving like itself: a certificate is issued once its validation records stand in a zone of the account."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import Any

from moto.acm.models import AWSCertificateManagerBackend, CertBundle, acm_backends
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.route53.models import route53_backends

from reconciler.emulator.fixes import route53
from reconciler.emulator.fixes.agenda import Json, Moto, after, loaded, refuse
from reconciler.emulator.fixes.route53_records import normal
from reconciler.emulator.patch import Method, once, replaces

RECORDS, ISSUE = 0.3, 1.0
"""Seconds until the validation records are told, and until they are found once they exist."""

_DOMAIN = re.compile(r"(\*\.)?(((?!-)[a-z0-9-]{0,62}[a-z0-9])\.)+((?!-)[a-z0-9-]{1,62}[a-z0-9])", re.IGNORECASE)
_WHEN_ISSUED = ("NotAfter", "NotBefore", "Serial", "IssuedAt", "Issuer", "SignatureAlgorithm")


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def _record(account: str, domain: str) -> Json:
    """Return the CNAME that proves the domain; a wildcard and its apex share one."""
    base = domain.removeprefix("*.").lower()
    value = f"_{_digest(account, base, 'value')}.{_digest(account, 'zone')[:10]}.acm-validations.aws."
    return {"Name": f"_{_digest(account, base, 'name')}.{base}.", "Type": "CNAME", "Value": value}


def _proven(account: str, domain: str) -> bool:
    record = _record(account, domain)
    for zone in route53_backends[account]["aws"].zones.values():
        if record["Name"].endswith(f".{zone.name}"):
            for found in zone.rrsets:
                same = found.name == normal(record["Name"]) and found.type == "CNAME"
                if same and [normal(value) for value in found.records] == [normal(record["Value"])]:
                    return True
    return False


def _look(account: str) -> None:
    """See which pending certificates have their records now, and issue those a moment later."""
    for backend in acm_backends[account].values():
        for certificate in list(backend._certificates.values()):
            _consider(account, certificate)


def _consider(account: str, certificate: Moto) -> None:
    waiting = certificate.type == "AMAZON_ISSUED" and certificate.status == "PENDING_VALIDATION"
    if waiting and not certificate.found and all(_proven(account, domain) for domain in certificate.domains):
        certificate.found = True
        after(ISSUE, partial(_issue, account, certificate))


def _issue(account: str, certificate: Moto) -> None:
    certificate.found = False
    if all(_proven(account, domain) for domain in certificate.domains):
        certificate.status = "ISSUED"
        certificate.issued_at = utcnow()


def users(account: str, region: str, arn: str) -> list[str]:
    """Return the ARNs of the load balancers and distributions that use the certificate."""
    found: list[str] = []
    if elb := loaded("moto.elbv2.models"):
        balancers = elb.elbv2_backends[account][region].load_balancers.values()
        found += [balancer.arn for balancer in balancers if arn in _listened(balancer)]
    if cloudfront := loaded("moto.cloudfront.models"):
        distributions = cloudfront.cloudfront_backends[account]["aws"].distributions.values()
        found += [one.arn for one in distributions if _arn_of(one.distribution_config.ViewerCertificate) == arn]
    return found


def _listened(balancer: Moto) -> list[str | None]:
    return [_arn_of(item) for listener in balancer.listeners.values() for item in listener.certificates]


def _arn_of(item: Moto) -> str | None:
    if isinstance(item, dict):
        return item.get("CertificateArn") or item.get("certificate_arn") or item.get("ACMCertificateArn")
    return str(item)


def _described(original: Method, self: Moto) -> Json:
    answer: Json = original(self)
    found = answer["Certificate"]
    _, _, _, region, account, _ = self.arn.split(":", 5)
    found["InUseBy"] = users(account, region, self.arn)
    found["KeyAlgorithm"] = getattr(self, "key_algorithm", None) or found["KeyAlgorithm"]
    if self.type != "AMAZON_ISSUED":
        return answer
    found["SubjectAlternativeNames"] = list(self.domains)
    found["RenewalEligibility"] = "ELIGIBLE" if self.status == "ISSUED" and found["InUseBy"] else "INELIGIBLE"
    found["DomainValidationOptions"] = [_option(account, self, domain) for domain in self.domains]
    if self.status == "ISSUED":
        found["IssuedAt"] = self.issued_at
    else:
        for name in _WHEN_ISSUED:
            found.pop(name, None)
    return answer


def _option(account: str, certificate: Moto, domain: str) -> Json:
    done = certificate.status == "ISSUED" or _proven(account, domain)
    option: Json = {
        "DomainName": domain,
        "ValidationDomain": domain,
        "ValidationStatus": "SUCCESS" if certificate.status == "ISSUED" and done else "PENDING_VALIDATION",
        "ValidationMethod": certificate.validation_method,
    }
    if certificate.records_known and certificate.validation_method == "DNS":
        option["ResourceRecord"] = _record(account, domain)
    return option


def _request(original: Method, self: Moto) -> Any:
    domain, token = self._get_param("DomainName"), self._get_param("IdempotencyToken")
    others = self._get_param("SubjectAlternativeNames") or []
    domains = list(dict.fromkeys(name.lower() for name in [domain, *others]))
    for name in domains:
        if not _DOMAIN.fullmatch(name):
            refuse(
                "ValidationException",
                f"1 validation error detected: Value '{name}' at 'domainName' failed to satisfy constraint",
            )
    backend = self.acm_backend
    for known in backend._certificates.values():
        if token and getattr(known, "token", None) == token and sorted(known.domains) == sorted(domains):
            return ActionResult({"CertificateArn": known.arn})
    backend._idempotency_tokens.pop(token, None)
    answer = original(self)
    certificate = backend._certificates[answer.result["CertificateArn"]]
    certificate.domains, certificate.token, certificate.found = domains, token, False
    certificate.validation_method = self._get_param("ValidationMethod") or "EMAIL"
    certificate.key_algorithm = self._get_param("KeyAlgorithm")
    certificate.records_known = False

    def told() -> None:
        certificate.records_known = True
        _consider(self.current_account, certificate)

    after(RECORDS, told)
    return answer


def _options(_original: Method, self: Moto) -> Any:
    certificate = self.acm_backend.get_certificate(self._get_param("CertificateArn"))
    certificate.cert_options.update(self._get_param("Options"))
    return ActionResult({})


@once
def install() -> None:
    """Make certificates behave as on AWS."""
    route53.on_change.append(_look)
    replaces(AWSCertificateManagerResponse, "request_certificate")(_request)
    replaces(AWSCertificateManagerResponse, "update_certificate_options")(_options)
    replaces(CertBundle, "describe")(_described)

    @replaces(CertBundle, "check")
    def check(_original: Method, self: Moto) -> None:
        """Time alone issues nothing."""

    @replaces(AWSCertificateManagerBackend, "delete_certificate")
    def delete(original: Method, self: Moto, arn: str) -> None:
        if arn in self._certificates and users(self.account_id, self.region_name, arn):
            refuse("ResourceInUseException", f"Certificate {arn} in account {self.account_id} is in use.")
        original(self, arn)
