"""Signs two signature fields one after the other with a throwaway key, and validates both without a network.

    sign.py IN.pdf OUT.pdf FIRST-FIELD SECOND-FIELD
"""

import datetime
import io
import logging
import sys

from asn1crypto import keys, x509
from cryptography import x509 as make
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

import pikepdf

from fields import seen_by_pikepdf
from report import Report

logging.disable(logging.CRITICAL)


def throwaway_signer():
    """A key and a certificate of its own that live as long as this process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = make.Name([make.NameAttribute(NameOID.COMMON_NAME, "formwright test key")])
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = make.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        make.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    loaded = x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    signer = signers.SimpleSigner(
        signing_cert=loaded, signing_key=keys.PrivateKeyInfo.load(private), cert_registry=SimpleCertificateStore()
    )
    return signer, loaded


def sign(data, field, signer):
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    out = io.BytesIO()
    signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name=field), signer=signer, existing_fields_only=True, output=out)
    return out.getvalue()


def values_of(data):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return {name: str(field.get("/V", "")) for name, (field, _) in seen_by_pikepdf(pdf).items() if str(field.get("/FT")) in ("/Tx", "/Ch")}


def main():
    source, target, *names = sys.argv[1:]
    report = Report()
    with open(source, "rb") as file:
        unsigned = file.read()
    signer, certificate = throwaway_signer()
    signed = unsigned
    for name in names:
        signed = sign(signed, name, signer)
    with open(target, "wb") as file:
        file.write(signed)
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    found = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    report.check([one.field_name for one in found] == names, f"signed fields: {[one.field_name for one in found]}")
    for one in found:
        status = validate_pdf_signature(one, context)
        last = one.field_name == names[-1]
        report.check(status.intact and status.valid and status.trusted, f"{one.field_name}: {status.summary()}")
        if last:
            report.check(status.coverage == SignatureCoverageLevel.ENTIRE_FILE, f"{one.field_name} covers {status.coverage}")
        else:
            # The second signature is an allowed change of a signed form, and nothing else was changed.
            good = status.modification_level is not None and status.modification_level <= ModificationLevel.FORM_FILLING
            report.check(good, f"{one.field_name}: changed afterwards beyond filling: {status.modification_level}")
    before, after = values_of(unsigned), values_of(signed)
    report.check(before == after and len(before) > 0, "signing changed other fields")
    report.facts["checked"] = len(after)
    report.close()


if __name__ == "__main__":
    main()
