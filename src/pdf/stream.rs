//! Stream bytes, deflated where that saves something.

use std::borrow::Cow;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::error::Error;

/// The deflate level: see `docs/performance.md` for what the others cost.
const LEVEL: u32 = 6;

/// Streams below this many bytes stay as they are: the filter's name alone costs 20 bytes, and setting up a
/// deflater costs more time than it saves bytes.
const WORTHWHILE: usize = 200;

/// The bytes of a stream and whether they are deflated.
pub(super) struct Packed<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) deflated: bool,
}

impl Packed<'_> {
    /// The name of the filter, if there is one, into a stream's dictionary.
    pub(super) fn describe(&self, stream: &mut pdf_writer::Stream<'_>) {
        if self.deflated {
            stream.filter(pdf_writer::Filter::FlateDecode);
        }
    }
}

/// Deflates bytes in any case.
pub(super) fn deflated(bytes: &[u8]) -> Result<Packed<'static>, Error> {
    Ok(Packed { bytes: Cow::Owned(deflate(bytes)?), deflated: true })
}

/// Deflates bytes if that is wanted and makes them fewer.
pub(super) fn pack(bytes: &[u8], compress: bool) -> Result<Packed<'_>, Error> {
    if compress && bytes.len() >= WORTHWHILE {
        let deflated = deflate(bytes)?;
        if deflated.len() < bytes.len() {
            return Ok(Packed { bytes: Cow::Owned(deflated), deflated: true });
        }
    }
    // A stream's length is a 32-bit integer in the readers and in the object writer.
    if i32::try_from(bytes.len()).is_err() {
        return Err(Error::Write("a stream is larger than 2 GB".to_owned()));
    }
    Ok(Packed { bytes: Cow::Borrowed(bytes), deflated: false })
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(LEVEL));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|cause| Error::Write(format!("deflate: {cause}")))
}
