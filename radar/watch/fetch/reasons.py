"""Say in plain words why a visit failed, and how long that failure usually lasts."""

import errno
import socket
from typing import Literal

import httpx
import pycurl

from radar.text import clean_text
from radar.watch.fetch.transport import HeadersTooLong, TransferFailed
from radar.watch.guard import BlockedAddress

Grade = Literal["temporary", "soft", "hard", "gone", "refused"]

_STATUS: dict[int, tuple[str, Grade]] = {
    401: ("the server wants a login", "refused"),
    402: ("the server wants to be paid", "refused"),
    403: ("the server refuses Radar", "refused"),
    404: ("the server does not find the feed", "soft"),
    407: ("a proxy wants a login", "refused"),
    408: ("the server took the request for too slow", "temporary"),
    410: ("the server says the feed is gone for good", "gone"),
    425: ("the server wants the request repeated later", "temporary"),
    429: ("the server asks Radar to slow down", "temporary"),
    451: ("the server may not show the feed for legal reasons", "refused"),
    500: ("the server has an error of its own", "temporary"),
    502: ("the server's gateway has an error", "temporary"),
    503: ("the server is overloaded or being maintained", "temporary"),
    504: ("the server's gateway took too long", "temporary"),
}

# X509_V_ERR_… of OpenSSL, as far as an operator can do something about them.
_CERTIFICATE = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by itself",
    19: "is signed by an unknown authority",
    20: "is signed by an unknown authority",
    21: "is signed by an unknown authority",
    23: "has been revoked",
    62: "is for another name",
    64: "is for another address",
}


_TOO_LARGE = 100  # CURLE_TOO_LARGE, which pycurl has no name for


def describe_status(status: int) -> tuple[str, Grade]:
    """Return the reason and the grade of an HTTP status that brought no feed."""
    words, grade = _STATUS.get(status, ("", "hard"))
    if not words and status >= 500:
        words, grade = "the server failed", "temporary"
    elif not words and status < 300:
        words, grade = "the server answers without a feed", "soft"
    elif not words and status < 400:
        words = "the server redirects without saying where"
    return f"{words or 'the server rejects the request'} ({status})", grade


def describe_failure(error: BaseException, timeout: float) -> tuple[str, Grade]:
    """Return the reason and the grade of an exception raised on the way to an answer."""
    match error:
        case BlockedAddress():
            return f"not contacted: {error}", "refused"
        case socket.gaierror(errno=socket.EAI_AGAIN):
            return "the name server does not answer", "temporary"
        case socket.gaierror():
            return "the host name does not resolve", "hard"
        case TimeoutError():
            return f"the server took longer than {timeout:g} s", "temporary"
        case HeadersTooLong():
            return "the answer's headers are too long", "hard"
        case TransferFailed():
            return _describe_transfer(error, timeout)
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | ValueError():
            return "the address is not valid", "hard"
    return "the connection failed", "temporary"


def _describe_transfer(error: TransferFailed, timeout: float) -> tuple[str, Grade]:
    """Put what libcurl says into words."""
    match error.code:
        case pycurl.E_PEER_FAILED_VERIFICATION:
            # Whether the name fits is libcurl's own question: OpenSSL says nothing of it, or 1, "unspecified".
            kind = "address" if "address" in str(error) else "name"
            what = "is not trusted" if error.verified > 1 else f"is for another {kind}"
            return f"the server's certificate {_CERTIFICATE.get(error.verified, what)}", "hard"
        case pycurl.E_SSL_CONNECT_ERROR | pycurl.E_SSL_CIPHER | pycurl.E_USE_SSL_FAILED:
            return f"no secure connection could be made ({clean_text(str(error), 100) or 'TLS error'})", "hard"
        case pycurl.E_SSL_CACERT_BADFILE:
            return "this machine's list of certificate authorities cannot be read", "hard"
        case pycurl.E_COULDNT_CONNECT if error.errno == errno.ECONNREFUSED:
            return "the server refuses connections", "temporary"
        case pycurl.E_COULDNT_CONNECT if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
            return "the server cannot be reached from here", "temporary"
        case pycurl.E_PARTIAL_FILE | pycurl.E_RECV_ERROR if error.begun:
            return "the answer breaks off", "temporary"
        case pycurl.E_GOT_NOTHING | pycurl.E_SEND_ERROR | pycurl.E_RECV_ERROR | pycurl.E_ABORTED_BY_CALLBACK:
            return "the server breaks off the connection", "temporary"
        case pycurl.E_UNSUPPORTED_PROTOCOL | pycurl.E_FTP_WEIRD_SERVER_REPLY:
            return "the answer is not valid HTTP", "hard"  # the scheme has been checked: it was HTTP 0.9, or worse
        case code if code == _TOO_LARGE:
            return "the answer's headers are too long", "hard"
        case pycurl.E_URL_MALFORMAT:
            return "the address is not valid", "hard"
        case pycurl.E_OPERATION_TIMEDOUT:
            return f"the server took longer than {timeout:g} s", "temporary"
    return "the connection failed", "temporary"
