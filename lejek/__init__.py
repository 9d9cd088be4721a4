"""The front door: puts Lejek's rooms first on the path, and nothing else.

In a wheel the rooms lie in `lejek/rooms`, in a checkout beside this folder. They come first
because other distributions own the names `schema`, `models` and `app` too.
"""

import sys
from pathlib import Path

_here = Path(__file__).resolve().parent
_rooms = _here / "rooms" if (_here / "rooms").is_dir() else _here.parent

if sys.path[:1] != [str(_rooms)]:
    sys.path.insert(0, str(_rooms))
