from pathlib import Path

import pytest

from service.forms import Form, load_folder

FOLDER = Path(__file__).parents[2] / "forms"


@pytest.fixture(scope="session")
def forms() -> dict[str, Form]:
    return load_folder(FOLDER)
