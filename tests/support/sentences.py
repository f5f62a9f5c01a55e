"""AIVDM sentences for the tests of feeds."""

from functools import reduce

CLASS_A = b"!ABVDM,1,1,6,B,1G7lQJ001PbomTie:ms2sR@40000,0*34"
A = 477962600
OTHER = b"!BSVDM,1,1,,A,17P@<J?P00blFWmjG@5a5?v62<10,0*3E"
B = 503_000_000
VOYAGE = (
    b"!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C",
    b"!AIVDM,2,2,1,A,88888888880,2*25",
)


def tagged(block: bytes, sentence: bytes) -> bytes:
    """Put a TAG block before a sentence."""
    return b"\\%b*%02X\\%b" % (block, reduce(lambda a, b: a ^ b, block), sentence)
