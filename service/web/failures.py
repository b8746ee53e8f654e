"""What goes wrong, as a page that says what to do; only here do situations become statuses."""

from typing import cast

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from service.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError, Unavailable
from service.people import NotSignedIn
from service.web.frame import COOKIE, pages, strict

STATUS: dict[type[ServiceError], int] = {NotSignedIn: 401, NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Unavailable: 503}
TITLES = {
    400: "没有看懂这次请求",
    403: "您没有这项权限",
    404: "没有找到",
    405: "这里不能这样做",
    409: "情况有变，没有办成",
    413: "文件太大",
    415: "不支持这种文件",
    422: "填写的内容需要改正",
    429: "操作太快，请稍等",
    500: "系统出错了",
    503: "系统暂时不可用",
}
REMEDIES = {
    400: "请返回上一页，刷新后再试。",
    403: "如果这件事应当由您办理，请联系本单位系统管理员核对角色。",
    404: "可能已经移动，也可能不在您的管理范围内。",
    405: "请返回上一页，用页面上的按钮操作。",
    409: "请回到案件或任务查看最新情况，需要时再办。",
    413: "一次最多上传 25 MB，单个文件不超过 20 MB。请压缩照片或分次上传。",
    415: "请上传 jpg、png 图片或 pdf 文件。",
    422: "请返回上一页改正后再提交。",
    429: "请稍等一分钟再试。",
    500: "问题已经记录。您可以稍后再试；如果仍然不行，请联系系统管理员。",
    503: "您填写的内容没有保存。请稍后再提交一次，不会重复办理。",
}


@pages.errorhandler(ServiceError)
def situation(error: ServiceError) -> ResponseReturnValue:
    """A situation somebody can act on."""
    if isinstance(error, NotSignedIn):
        return _ask_to_sign_in()
    return failure(status_of(error), error.message)


@pages.errorhandler(HTTPException)
def refused(error: HTTPException) -> ResponseReturnValue:
    """What the server itself refuses: too large, wrong method."""
    return failure(error.code or 500, "")


@pages.errorhandler(Exception)
def crashed(error: Exception) -> ResponseReturnValue:
    """A bug: logged with its trace, told without."""
    from flask import current_app

    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.exception("page crashed: %s", request.endpoint)
    return failure(500, "")


def status_of(error: ServiceError) -> int:
    """The status of a situation."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def failure(status: int, message: str) -> Response:
    """The page for something that went wrong."""
    title = TITLES.get(status, TITLES[400])
    page = render_template("failure.html", title=title, message=message, remedy=REMEDIES.get(status, REMEDIES[400]), status=status)
    return make_response(page, status)


def watch(app: Flask) -> None:
    """Headers for every page; a page for addresses that lead nowhere. What belongs to the API is left to it."""

    @app.after_request
    def _headers(response: Response) -> Response:
        return response if request.path.startswith("/api/") else strict(response)

    @app.errorhandler(404)
    def _nowhere(error: HTTPException) -> ResponseReturnValue:
        if request.path.startswith("/api/"):
            return elsewhere(error)
        g.setdefault("actor", None)
        return failure(404, "")

    before = app.error_handler_spec[None][404]

    def elsewhere(error: HTTPException) -> ResponseReturnValue:
        handler = before.get(HTTPException)
        return cast(ResponseReturnValue, handler(error)) if handler else cast(ResponseReturnValue, error)


def _ask_to_sign_in() -> Response:
    """To the sign-in page, and back here afterwards; what was posted cannot be taken along."""
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    response = redirect(url_for("web.sign_in", back=back or None, lost=1 if request.cookies.get(COOKIE) else None), 303)
    response.delete_cookie(COOKIE)
    return cast(Response, response)
