"""Static files are named by what is in them, wherever one names another."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

from planner.storage import HashedStorage


def test_a_script_imports_another_by_the_name_with_its_hash(tmp_path):
    names = ("js/settings.js", "js/moment.js")
    storage = HashedStorage(location=tmp_path, base_url="/static/")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(Path(finders.find(name)).read_bytes())

    list(storage.post_process({name: (storage, name) for name in names}))

    script = (tmp_path / storage.hashed_files["js/settings.js"]).read_text()
    imported = re.search(r'from "\./(.+)"', script)[1]
    assert f"js/{imported}" == storage.hashed_files["js/moment.js"]
