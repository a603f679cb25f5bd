"""Settings that cannot work are refused in one sentence that names them."""

from pathlib import Path

import pytest

from virtuales.errors import ConfigurationError
from virtuales.settings import read_settings


def test_refuses_a_participant_without_orchestrator() -> None:
    with pytest.raises(ConfigurationError, match="participant needs orchestrator_url"):
        read_settings(base_url="http://127.0.0.1:1")


@pytest.mark.parametrize("url", ["127.0.0.1:8400", "ftp://a.b", "http://a.b/", "http://a.b?x", "http://"])
def test_refuses_a_base_that_is_no_root_url(url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        read_settings(role="orchestrator", base_url=url)


def test_refuses_an_unknown_setting() -> None:
    with pytest.raises(ConfigurationError, match="colour"):
        read_settings(role="orchestrator", colour="red")


def test_refuses_an_upload_limit_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUALES_MAX_UPLOAD_BYTES", "0")
    with pytest.raises(ConfigurationError, match="max_upload_bytes"):
        read_settings(role="orchestrator")


def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIRTUALES_BIND_PORT", "9000")
    monkeypatch.setenv("VIRTUALES_DATA_DIR", str(tmp_path))
    settings = read_settings(role="orchestrator", bind_port=9001, bind_host=None)
    assert (settings.bind_port, settings.data_dir, settings.bind_host) == (9001, tmp_path, "127.0.0.1")


def test_the_orchestrator_is_its_own() -> None:
    settings = read_settings(role="orchestrator", base_url="http://o.example")
    assert settings.orchestrator == "http://o.example"


def test_a_secret_is_not_shown() -> None:
    settings = read_settings(role="orchestrator", operator_secret="hush")
    assert "hush" not in repr(settings)
