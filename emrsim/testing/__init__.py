"""What tests need besides an `Emulator`, with pytest or without it.

EmrTestCase         a test case of unittest with an emulator and clients of it
emulated            an emulator for a block or a function, which code under test finds by itself
aws_environment     code under test finds an emulator by itself
emr_connection, emr_client, s3_client
                    clients of an emulator
"""

from emrsim.helpers.functions import NotAProgram as NotAProgram
from emrsim.helpers.streaming import StreamingFailed as StreamingFailed
from emrsim.helpers.streaming import StreamingResult as StreamingResult
from emrsim.helpers.waiting import NotReached as NotReached
from emrsim.testing.case import EmrTestCase as EmrTestCase
from emrsim.testing.clients import emr_client as emr_client
from emrsim.testing.clients import emr_connection as emr_connection
from emrsim.testing.clients import s3_client as s3_client
from emrsim.testing.emulated import emulated as emulated
from emrsim.testing.environment import aws_environment as aws_environment
from emrsim.testing.leading import Leak as Leak
