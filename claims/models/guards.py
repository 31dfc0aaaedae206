"""What the database itself refuses about claims, derived from the declaration."""

import pgtrigger

from claims.parts import Standing
from claims.workflow import CLAIM


def one_version_per_step() -> pgtrigger.Trigger:
    """A change of state raises the version by exactly one."""
    return pgtrigger.Trigger(
        name="one_version_per_step",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        func="""
            IF NEW.state IS DISTINCT FROM OLD.state
               AND NEW.version <> OLD.version + 1
               OR NEW.version < OLD.version THEN
                RAISE EXCEPTION 'A step of claim % must raise its version by one.',
                    OLD.number;
            END IF;
            RETURN NEW;
        """,
    )


def one_event_per_version() -> pgtrigger.Trigger:
    """At commit, every version of a claim has its row in the history."""
    return pgtrigger.Trigger(
        name="one_event_per_version",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        level=pgtrigger.Row,
        func="""
            IF NEW.version > 0 AND NOT EXISTS (
                SELECT FROM claims_event e
                WHERE e.claim_id = NEW.id AND e.version = NEW.version
            ) THEN
                RAISE EXCEPTION 'Version % of claim % has no event.',
                    NEW.version, NEW.number;
            END IF;
            RETURN NULL;
        """,
    )


def one_dispute_for_ever() -> pgtrigger.Trigger:
    """The time of the dispute is written once; no second dispute can follow."""
    return pgtrigger.Trigger(
        name="one_dispute_for_ever",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Q(old__disputed_at__isnull=False),
        func="""
            IF NEW.disputed_at IS DISTINCT FROM OLD.disputed_at THEN
                RAISE EXCEPTION 'Claim % was already disputed.', OLD.number;
            END IF;
            RETURN NEW;
        """,
    )


def lines_follow_the_claim() -> pgtrigger.Trigger:
    """The lines' standing and key are copies that the database keeps."""
    cases = " ".join(
        f"WHEN '{state}' THEN '{stage.standing}'"
        for state, stage in CLAIM.stages.items()
    )
    return pgtrigger.Trigger(
        name="lines_follow_the_claim",
        operation=pgtrigger.UpdateOf("state", "tenant_id", "engagement"),  # type: ignore[no-untyped-call]
        when=pgtrigger.After,
        func=f"""
            UPDATE claims_line SET
                tenant_id = NEW.tenant_id,
                engagement = NEW.engagement,
                standing = CASE WHEN standing = '{Standing.SUPERSEDED}'
                    THEN standing ELSE CASE NEW.state {cases} END END
            WHERE claim_id = NEW.id;
            RETURN NULL;
        """,  # noqa: S608 -- the declaration's own words, no input
    )


def line_is_born_like_its_claim() -> pgtrigger.Trigger:
    """A new line takes key and standing from its claim, whatever was written."""
    cases = " ".join(
        f"WHEN '{state}' THEN '{stage.standing}'"
        for state, stage in CLAIM.stages.items()
    )
    return pgtrigger.Trigger(
        name="born_like_its_claim",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=f"""
            SELECT c.tenant_id, c.engagement, CASE c.state {cases} END
              INTO NEW.tenant_id, NEW.engagement, NEW.standing
              FROM claims_claim c WHERE c.id = NEW.claim_id;
            RETURN NEW;
        """,  # noqa: S608 -- the declaration's own words, no input
    )
