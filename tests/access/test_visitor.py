"""Who is who, by the claims of a login provider."""

import pytest

from ganlab import owners
from ganlab.access import limits, mode
from ganlab.access.visitor import administrators, person_of, visitor

ADA = {
    "is_logged_in": True,
    "iss": "https://login.example",
    "sub": "17",
    "email": "Ada@example.org",
    "email_verified": True,
}


@pytest.fixture(autouse=True)
def _login(monkeypatch):
    monkeypatch.setenv("GANLAB_ACCESS", "login")


def test_everything_is_open_until_somebody_chooses(monkeypatch):
    monkeypatch.delenv("GANLAB_ACCESS")
    assert (mode.mode(), mode.is_chosen()) == ("open", False)
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    assert (mode.mode(), mode.is_chosen()) == ("look", True)


@pytest.mark.parametrize("text", ["closed", "LOGIN", " login"])
def test_an_unknown_mode_is_refused_with_the_known_ones(monkeypatch, text):
    monkeypatch.setenv("GANLAB_ACCESS", text)
    with pytest.raises(ValueError, match="choose from open, look, login"):
        mode.mode()


def test_a_person_is_the_issuer_and_its_subject_whatever_the_address():
    moved = person_of(ADA | {"email": "ada@elsewhere.example"})
    assert person_of(ADA).identity == moved.identity
    assert person_of(ADA).identity != person_of(ADA | {"iss": "https://other.example"}).identity
    assert person_of(ADA).identity != person_of(ADA | {"sub": "18"}).identity


@pytest.mark.parametrize(
    "changes", [{"is_logged_in": False}, {"is_logged_in": "yes"}, {"iss": ""}, {"sub": None}, {"sub": 17}]
)
def test_who_cannot_be_told_apart_is_nobody(changes):
    assert person_of(ADA | changes) is None
    assert person_of({}) is None


def test_an_administrator_is_named_by_an_address_that_the_provider_has_verified(monkeypatch):
    monkeypatch.setenv("GANLAB_ADMINS", "grace@example.org, ADA@EXAMPLE.ORG")
    assert visitor(ADA).admin
    assert visitor(ADA | {"email_verified": "true"}).admin
    assert not visitor(ADA | {"email": "mallory@example.org"}).admin


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1.5])
def test_an_unverified_address_is_neither_shown_nor_believed(monkeypatch, verified):
    monkeypatch.setenv("GANLAB_ADMINS", "ada@example.org")
    found = visitor(ADA | {"email_verified": verified})
    assert not found.admin
    assert found.person.identity == person_of(ADA).identity
    assert "example" not in found.person.name


def test_a_missing_verification_counts_as_none(monkeypatch):
    monkeypatch.setenv("GANLAB_ADMINS", "ada@example.org")
    assert not visitor({key: value for key, value in ADA.items() if key != "email_verified"}).admin


@pytest.mark.parametrize("access", ["open", "look"])
def test_claims_count_only_where_people_log_in(monkeypatch, access):
    monkeypatch.setenv("GANLAB_ACCESS", access)
    monkeypatch.setenv("GANLAB_ADMINS", "ada@example.org")
    assert (visitor(ADA).person, visitor(ADA).admin) == (None, False)


@pytest.mark.parametrize("text", ["ada", "ada@", "@example.org", "ada@example.org grace@example.org"])
def test_an_administrator_who_is_no_address_is_refused_by_name(monkeypatch, text):
    monkeypatch.setenv("GANLAB_ADMINS", f"grace@example.org,{text}")
    with pytest.raises(ValueError, match="with commas between"):
        administrators()


def test_nobody_is_an_administrator_by_an_empty_entry(monkeypatch):
    monkeypatch.setenv("GANLAB_ADMINS", " , ")
    assert not administrators()
    assert not visitor(ADA | {"email": ""}).admin


@pytest.mark.parametrize("name", ["GANLAB_QUOTA_RUNS", "GANLAB_QUOTA_MB_PERSON", "GANLAB_QUOTA_MB"])
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "1e3", "9" * 99])
def test_a_quota_is_a_whole_number(monkeypatch, name, text):
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError, match=f"{name} is {text!r}; set it to a whole number from 1"):
        limits.quotas()


def test_quotas_are_the_settings_or_the_defaults(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_MB", "7")
    assert limits.quotas() == limits.Quotas()._replace(all_mb=7)


def test_a_letter_that_becomes_an_administrators_in_lower_case_is_none_of_his(monkeypatch):
    monkeypatch.setenv("GANLAB_ADMINS", "kim@example.org")
    assert visitor(ADA | {"email": "Kim@example.org"}).admin
    assert not visitor(ADA | {"email": "\N{KELVIN SIGN}im@example.org"}).admin


def test_names_and_identities_without_end_are_not_kept(tmp_path):
    assert person_of(ADA | {"sub": "1" * (owners.MOST_IDENTITY + 1)}) is None
    path = tmp_path / "owner.json"
    text = person_of(ADA).model_dump_json()
    path.write_text(text.replace("Ada@", f"{'a' * 100_000}@"), encoding="utf-8")
    assert owners.read_owner(path) is None, "more than the bytes that are read"
    path.write_text(text.replace("Ada@", f"{'a' * 10_000}@"), encoding="utf-8")
    known = owners.read_owner(path)
    assert known.identity == person_of(ADA).identity
    assert len(known.name) == owners.MOST_NAME
    assert " ... " in known.name
    path.write_text(text.replace("17", "1" * 10_000), encoding="utf-8")
    assert owners.read_owner(path) is None
