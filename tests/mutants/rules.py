"""Which rule, how it is broken, and who must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One rule; ``old`` stands exactly once in the file, and ``new`` in its place breaks the rule."""

    rule: str
    file: str
    old: str
    new: str
    test: str


MUTANTS = (
    Mutant(
        "what AWS fills in is no new revision", "reconciler/kinds/ecs/container.py",
        'defaults={"cpu": 0, "essential": True, "versionConsistency": "enabled"}', 'defaults={"cpu": 0}',
        "tests/hard/test_task_definitions.py::test_h01_what_aws_fills_in_registers_no_second_revision",
    ),
    Mutant(
        "under autoscaling no update carries a number of tasks", "reconciler/kinds/ecs/service_between.py",
        'return replace(want, spec={**want.spec, "desiredCount": band})', "return want",
        "tests/hard/test_ecs_capacity.py::test_h02_a_count_within_the_bounds_is_autoscaling_s_and_no_update_carries_one",
    ),
    Mutant(
        "an engine that AWS took further never goes back", "reconciler/kinds/rds/db_instance.py",
        'skipped |= {"engineVersion"} if ahead(want, live) else set()', "skipped |= set()",
        "tests/hard/test_rds_changes.py::test_h04_aws_upgrades_by_itself_and_nobody_goes_back",
    ),
    Mutant(
        "a disk that grew by itself is in sync", "reconciler/types/scalars.py",
        "if unknown(want) or have is None or have < want:", "if unknown(want) or have is None or have != want:",
        "tests/hard/test_rds_changes.py::test_h05_a_disk_that_grew_by_itself_stays_and_never_shrinks",
    ),
    Mutant(
        "what ECS rolled back is not deployed again", "reconciler/kinds/ecs/service.py",
        'if not tried(self.fields, want, live.raw.get("failed")):', "if want or live:",
        "tests/hard/test_ecs.py::test_h10_what_failed_is_not_deployed_again_until_git_changes",
    ),
    Mutant(
        "what holds data is kept when git no longer names it", "reconciler/policy.py",
        '("retain" if step.kind.holds_data else "delete")', '"delete"',
        "tests/engine/test_prune.py::test_h21_what_holds_data_stays_and_is_told",
    ),
    Mutant(
        "a rule takes another priority without being made anew", "reconciler/kinds/elbv2/listener_rule.py",
        '@writes("priority")', "",
        "tests/hard/test_load_balancing.py::test_h42_rules_pass_their_priorities_round_and_make_room_for_another",
    ),
    Mutant(
        "policies are compared by what they mean", "reconciler/policies.py",
        "said[key] = sorted({str(action).lower() for action in _listed(said[key])})", "said[key] = _listed(said[key])",
        "tests/unit/test_policies.py::test_h44_spelling_does_not_matter",
    ),
    Mutant(
        "a range of addresses is the same with and without its host bits", "reconciler/types/scalars.py",
        "return str(ipaddress.ip_network(value, strict=False))", "return str(value)",
        "tests/hard/test_security_groups.py::test_h62_a_rule_is_the_same_however_it_is_written",
    ),
    Mutant(
        "a write whose answer was lost is not sent again", "reconciler/aws/__init__.py",
        'WRITING = Config(retries={"mode": "standard", "total_max_attempts": 1}',
        'WRITING = Config(retries={"mode": "standard", "total_max_attempts": 3}',
        "tests/hard/test_reading.py::test_h20_an_answer_that_is_lost_makes_no_second_one",
    ),
    Mutant(
        "the fingerprint of a password that nobody has set is not written", "reconciler/perform.py",
        'if k.startswith("reconciler:") and k != SEALS}', 'if k.startswith("reconciler:")}',
        "tests/engine/test_ownership.py::test_a_database_that_is_adopted_gets_the_password_of_git",
    ),
    Mutant(
        "what cannot be read is not absent", "reconciler/plan.py",
        "    if kind.name in world.unknown:\n", "    if False:\n",
        "tests/engine/test_failure.py::test_h67_what_cannot_be_read_is_not_made_again",
    ),
)  # fmt: skip
