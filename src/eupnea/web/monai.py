"""MONAI Label's wire protocol, so that 3D Slicer's MONAI Label module draws for Eupnea.

The calls are those of that module's client (`MONAILabelLib/client.py`): info,
active learning, datastore, inference, session, authentication. Training is not
among them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, File, Form, HTTPException, Response, UploadFile
from fastapi.responses import FileResponse

import eupnea
from eupnea.label.values import LabelValue, value_name
from eupnea.label.worklist import WorkItem
from eupnea.web.desk import Desk, Session
from eupnea.web.guard import is_token
from eupnea.web.ticket import case_of, write_ticket

MODEL = "eupnea"
STRATEGY = "worklist"
NIFTI = "application/gzip"
FINAL = "final"

Json = dict[str, Any]


def routes(desk: Desk, *, token: str | None) -> APIRouter:
    """All routes of the protocol.

    Args:
        desk: What they answer from.
        token: What clients must bear, if any.
    """
    router = APIRouter()
    _add_info(router, desk, token)
    _add_datastore(router, desk)
    _add_labels(router, desk)
    _add_inference(router, desk)
    _add_sessions(router, desk)
    _add_what_is_elsewhere(router)
    _add_authentication(router, token)
    return router


def _add_info(router: APIRouter, desk: Desk, token: str | None) -> None:
    labels = [value_name(value, desk.worklist.organ) for value in list(LabelValue)[1:]]

    @router.get("/info/")
    def info() -> Json:
        return {
            "name": "Eupnea",
            "description": "Draw the side that is cheaper; the other is the rest of the organ.",
            "version": eupnea.__version__,
            "labels": labels,
            "models": {
                MODEL: {
                    "type": "segmentation",
                    "labels": labels,
                    "dimension": 3,
                    "description": desk.worklist.candidates_summary,
                    "config": {},
                }
            },
            "trainers": {},
            "strategies": {STRATEGY: {"description": "The image that teaches most."}},
            "scoring": {},
            "train_stats": {},
            "datastore": _statistics(desk),
            "config": {"infer": {}, "train": {}, "activelearning": {}},
        }

    @router.post("/activelearning/{strategy}")
    def next_image(strategy: str, params: Annotated[Json | None, Body()] = None) -> Json:
        if strategy != STRATEGY:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"the strategy is {STRATEGY}")
        item = desk.next(desk.reader_of((params or {}).get("client_id")))
        return {} if item is None else _sample(desk, item, token)


def _add_datastore(router: APIRouter, desk: Desk) -> None:
    @router.get("/datastore/", response_model=None)
    def datastore(output: Literal["stats", "all", "train"] = "stats") -> Json | list[Json]:
        drawn = desk.drawn()
        if output == "train":
            return [{"image": case, "label": case} for case in drawn]
        if output == "stats":
            return _statistics(desk)
        objects = {
            item.case: {
                "image": {"ext": ".nii.gz", "info": {"name": f"{item.case}.nii.gz"}},
                "labels": {FINAL: {"ext": ".nii.gz"}} if item.case in drawn else {},
            }
            for item in desk.worklist.items
        }
        return {"name": "Eupnea", "description": desk.worklist.candidates, "objects": objects}

    @router.get("/datastore/image")
    def image(image: str) -> FileResponse:
        item = _item(desk, image)
        return FileResponse(desk.image(item), media_type=NIFTI, filename=f"{item.case}.nii.gz")


def _add_labels(router: APIRouter, desk: Desk) -> None:
    @router.get("/datastore/label")
    def label(label: str = "", image: str = "") -> FileResponse:
        case = _item(desk, label or image).case
        drawn = desk.drawn()
        if case not in drawn:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"{case} is not drawn yet")
        return FileResponse(drawn[case], media_type=NIFTI, filename=f"{case}.nii.gz")

    @router.put("/datastore/label")
    def save_label(
        image: str, label: Annotated[UploadFile, File()], params: Annotated[str, Form()] = "{}"
    ) -> Json:
        said = _parsed(params)
        item = _item(desk, image)
        found = desk.save(
            item,
            label.file,
            label.filename or "",
            names=_names(said),
            reader=desk.reader_of(said.get("client_id")),
        )
        notes = [note for record in found.added for note in record.notes]
        return {"image": item.case, "label": item.case, "tag": FINAL, "notes": notes}


def _add_inference(router: APIRouter, desk: Desk) -> None:
    @router.post("/infer/{model}")
    def infer(
        model: str,
        image: str = "",
        session_id: str = "",
        output: Literal["image", "json", "all"] = "all",
    ) -> Response:
        if model != MODEL:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"the model is {MODEL}")
        if session_id:
            name, content = session_id, desk.segment(_session(desk, session_id))
        else:
            item = _item(desk, image)
            name, content = item.case, desk.prelabel(item).read_bytes()
        return _result(f"{name}_label.nii.gz", content, output)


def _add_sessions(router: APIRouter, desk: Desk) -> None:
    @router.put("/session/")
    def begin(files: Annotated[UploadFile, File()]) -> Json:
        session = desk.begin(files.file, files.filename or "")
        return {"session_id": session.id, "session_info": _session_info(session)}

    @router.get("/session/{session_id}")
    def session(session_id: str) -> Json:
        return _session_info(_session(desk, session_id))

    @router.delete("/session/{session_id}")
    def end(session_id: str) -> Json:
        _session(desk, session_id)
        return _session_info(desk.end(session_id))


def _add_what_is_elsewhere(router: APIRouter) -> None:
    """What the module offers as well, with the place where it is done instead."""

    @router.put("/datastore/")
    def add_image() -> None:
        detail = "images are added by eupnea label plan; to see one, segment it in a session"
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, detail)

    @router.api_route("/train/", methods=["GET", "POST", "DELETE"])
    @router.post("/train/{model}")
    def train(model: str = MODEL) -> None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"{model} is trained by eupnea train")


def _add_authentication(router: APIRouter, token: str | None) -> None:
    @router.get("/auth/")
    def enabled() -> Json:
        return {"enabled": token is not None, "client_id": "eupnea", "realm": None}

    @router.post("/auth/token")
    def exchange(username: Annotated[str, Form()], password: Annotated[str, Form()]) -> Json:
        if not is_token(password, token):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, f"not the token of {username!r}")
        return {"access_token": token, "token_type": "bearer"}

    @router.get("/auth/token/valid")
    def valid() -> Json:
        return {"username": "reader"}


def _statistics(desk: Desk) -> Json:
    drawn = len(desk.drawn())
    return {
        "total": len(desk.worklist.items),
        "completed": drawn,
        "label_tags": {FINAL: drawn},
        "label_names": {},
    }


def _sample(desk: Desk, item: WorkItem, token: str | None) -> Json:
    """An image as the client wants it; without a path, it downloads the file."""
    with desk.image(item).open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    name = item.case if token is None else write_ticket(item.case, token)
    return {
        "id": name,
        "name": f"{item.case}.nii.gz",
        "path": "",
        "url": f"/datastore/image?image={name}",
        "checksum": f"SHA256:{digest}",
        "weight": item.score,
        "description": f"Draw the {item.label_type} side. {item.sentence}",
    }


def _item(desk: Desk, case: str) -> WorkItem:
    try:
        return desk.item(case_of(case))
    except LookupError:
        raise HTTPException(HTTPStatus.NOT_FOUND, "no image of that name") from None


def _session(desk: Desk, key: str) -> Session:
    try:
        return desk.session(key)
    except LookupError:
        raise HTTPException(HTTPStatus.NOT_FOUND, "no session of that name") from None


def _session_info(session: Session) -> Json:
    begun = int(session.begun_at.timestamp())
    return {"name": session.id, "create_ts": begun, "last_access_ts": begun, "expiry": 0}


def _parsed(params: str) -> Json:
    try:
        parsed = json.loads(params)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "params is not a JSON object")
    return parsed


def _names(said: Json) -> dict[int, str]:
    """Value and name of each segment, as 3D Slicer tells them beside the file."""
    listed = said.get("label_info")
    rows = listed if isinstance(listed, list) else []
    return {
        row["idx"]: str(row.get("name"))
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("idx"), int)
    }


def _result(name: str, content: bytes, output: str) -> Response:
    """A label as the client asks for it: the file, or a form that holds it."""
    if output == "json":
        return Response(json.dumps({}), media_type="application/json")
    if output == "image":
        return Response(content, media_type=NIFTI)
    boundary = secrets.token_hex(16)
    body = b"".join(
        [
            f"--{boundary}\r\n".encode(),
            b'Content-Disposition: form-data; name="params"\r\n',
            b"Content-Type: application/json\r\n\r\n{}\r\n",
            f"--{boundary}\r\n".encode(),
            f'Content-Disposition: form-data; name="image"; filename="{name}"\r\n'.encode(),
            f"Content-Type: {NIFTI}\r\n\r\n".encode(),
            content,
            f"\r\n--{boundary}--\r\n".encode(),
        ]
    )
    return Response(body, media_type=f"multipart/form-data; boundary={boundary}")
