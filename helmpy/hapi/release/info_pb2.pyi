import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from helmpy.hapi.release import status_pb2 as _status_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Info(_message.Message):
    __slots__ = ("status", "first_deployed", "last_deployed", "deleted", "Description")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FIRST_DEPLOYED_FIELD_NUMBER: _ClassVar[int]
    LAST_DEPLOYED_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    status: _status_pb2.Status
    first_deployed: _timestamp_pb2.Timestamp
    last_deployed: _timestamp_pb2.Timestamp
    deleted: _timestamp_pb2.Timestamp
    Description: str
    def __init__(self, status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., first_deployed: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_deployed: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., deleted: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., Description: _Optional[str] = ...) -> None: ...
