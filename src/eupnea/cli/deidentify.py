"""`eupnea deidentify`: copies of CT without the patient."""

from __future__ import annotations

import sys

from eupnea.cli.arguments import DEFAULT_KEY, KeyFile, OutFolder, Sources


def deidentify(sources: Sources, out: OutFolder, key: KeyFile = DEFAULT_KEY) -> None:
    """Copy CT slices without anything that tells who the patient is.

    Identifiers are replaced, dates shifted by one number of days per patient,
    so that intervals hold. With the same key, the results of
    `eupnea analyze --deidentify` refer to these copies. Pixels stay as they are.

    Example: `eupnea deidentify ~/ct/patient7 --out copies`
    """
    from eupnea.cli.progress import Watch
    from eupnea.deidentify import Key, copy_files
    from eupnea.errors import UsageError

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError("--out needs a new or an empty folder")
    with Watch() as progress:
        account = copy_files(sources, out, Key.of_file(key), progress=progress)
    for reason, count in sorted(account.items()):
        sys.stderr.write(f"{count} {reason}\n")
