//! The file around the objects: in what order they stand, how they are packed, where a reader finds them.

use pdf_writer::types::Predictor;
use pdf_writer::writers::{Catalog, DocumentInfo, FormXObject, ImageXObject};
use pdf_writer::{Chunk, Name, Obj, Pdf, Ref, Settings, Str, Stream, Writer};
use sha2::{Digest, Sha256};

use super::stream::deflated_well;
use crate::error::Error;

/// A PDF in the making.
///
/// Compressed, everything but streams is packed into object streams, and a cross-reference stream says where it is
/// (ISO 32000-1, 7.5.7 and 7.5.8): a form's many small dictionaries are alike and deflate to a tenth. Without,
/// the file has the classic table and a person can read it.
pub(super) struct File {
    pub(super) compress: bool,
    /// The file as it grows; of a compressed one, its streams.
    pdf: Pdf,
    /// Where each object of `pdf` begins.
    starts: Vec<usize>,
    /// The objects of a compressed file that are no streams, and where each begins.
    small: (Chunk, Vec<usize>),
    root: Option<Ref>,
    info: Option<Ref>,
}

/// The most objects in one object stream. To see one of them a reader inflates all of its stream.
const PER_STREAM: usize = 200;

/// Columns of the cross-reference stream: kind, offset or stream, generation or place in the stream (table 18).
const COLUMNS: [i32; 3] = [1, 4, 2];
const ROW: usize = 7;
type Row = [u8; ROW];

impl File {
    pub(super) fn new(compress: bool) -> File {
        let settings = Settings { pretty: !compress };
        File {
            compress,
            pdf: Pdf::with_settings_and_capacity(settings, 256 * 1024),
            starts: Vec::new(),
            small: (Chunk::with_settings(settings), Vec::new()),
            root: None,
            info: None,
        }
    }

    /// Begins an object that is no stream.
    pub(super) fn object<'a, W: Writer<'a>>(&'a mut self, id: Ref) -> W {
        if !self.compress {
            return self.begin(id).start();
        }
        let (chunk, starts) = &mut self.small;
        starts.push(chunk.len());
        chunk.indirect(id).start()
    }

    /// Begins a stream.
    pub(super) fn stream<'a>(&'a mut self, id: Ref, bytes: &'a [u8]) -> Stream<'a> {
        self.starts.push(self.pdf.len());
        self.pdf.stream(id, bytes)
    }

    /// Begins a form XObject.
    pub(super) fn form_xobject<'a>(&'a mut self, id: Ref, bytes: &'a [u8]) -> FormXObject<'a> {
        self.starts.push(self.pdf.len());
        self.pdf.form_xobject(id, bytes)
    }

    /// Begins an image XObject.
    pub(super) fn image_xobject<'a>(&'a mut self, id: Ref, bytes: &'a [u8]) -> ImageXObject<'a> {
        self.starts.push(self.pdf.len());
        self.pdf.image_xobject(id, bytes)
    }

    /// Begins the object that the trailer names as the root.
    pub(super) fn catalog(&mut self, id: Ref) -> Catalog<'_> {
        self.root = Some(id);
        if self.compress { self.object(id) } else { self.pdf.catalog(id) }
    }

    /// Begins the object that the trailer names as the document information.
    pub(super) fn document_info(&mut self, id: Ref) -> DocumentInfo<'_> {
        self.info = Some(id);
        if self.compress { self.object(id) } else { self.pdf.document_info(id) }
    }

    /// The bytes of the file. `ids` is the first number that no object has.
    pub(super) fn finish(mut self, mut ids: Ref) -> Result<Vec<u8>, Error> {
        if !self.compress {
            let id = self.identifier();
            self.pdf.set_file_id((id.clone(), id));
            return Ok(self.pdf.finish());
        }
        let packed = self.pack_objects(&mut ids)?;
        self.refer(packed, ids)
    }

    fn begin(&mut self, id: Ref) -> Obj<'_> {
        self.starts.push(self.pdf.len());
        self.pdf.indirect(id)
    }

    /// The identifier (14.4) stands for the content: equal files have equal ones.
    fn identifier(&self) -> Vec<u8> {
        Sha256::digest(self.pdf.as_bytes()).iter().take(16).copied().collect()
    }

    /// Writes the small objects as object streams, and gives back the rows that say where each is.
    fn pack_objects(&mut self, ids: &mut Ref) -> Result<Vec<(Ref, Row)>, Error> {
        let (chunk, starts) = std::mem::replace(&mut self.small, (Chunk::new(), Vec::new()));
        let objects = bodies(&chunk, &starts)?;
        let mut rows = Vec::with_capacity(objects.len());
        for part in objects.chunks(PER_STREAM) {
            let stream_id = ids.bump();
            let (mut head, mut body) = (String::new(), Vec::new());
            for (place, (id, object)) in part.iter().enumerate() {
                head.push_str(&format!("{} {} ", id.get(), body.len()));
                body.extend_from_slice(object);
                body.push(b'\n');
                rows.push((*id, row(2, u32::try_from(stream_id.get()).ok(), u16::try_from(place).ok())?));
            }
            let first = i32::try_from(head.len()).map_err(|_| too_large())?;
            let count = i32::try_from(part.len()).map_err(|_| too_large())?;
            let packed = deflated_well(&[head.as_bytes(), &body].concat())?;
            let mut stream = self.stream(stream_id, &packed.bytes);
            stream.pair(Name(b"Type"), Name(b"ObjStm"));
            stream.pair(Name(b"N"), count).pair(Name(b"First"), first);
            packed.describe(&mut stream);
        }
        Ok(rows)
    }

    /// Writes the cross-reference stream, which is the trailer too.
    fn refer(mut self, mut rows: Vec<(Ref, Row)>, id: Ref) -> Result<Vec<u8>, Error> {
        let digest = self.identifier();
        let start = self.pdf.len();
        for (id, start) in self.pdf.refs().zip(&self.starts).chain([(id, &start)]) {
            rows.push((id, row(1, u32::try_from(*start).ok(), Some(0))?));
        }
        rows.sort_unstable();
        if !rows.iter().map(|(id, _)| id.get()).eq(1..=id.get()) || self.pdf.refs().len() != self.starts.len() {
            return Err(Error::Write("object numbers are not dense".to_owned()));
        }
        // Number 0 heads the list of free numbers, which is empty.
        let free = row(0, Some(0), Some(u16::MAX))?;
        let table: Vec<Row> = std::iter::once(free).chain(rows.into_iter().map(|(_, row)| row)).collect();

        let packed = deflated_well(&differences(&table))?;
        let mut stream = self.pdf.stream(id, &packed.bytes);
        stream.pair(Name(b"Type"), Name(b"XRef"));
        stream.pair(Name(b"Size"), i32::try_from(table.len()).map_err(|_| too_large())?);
        stream.insert(Name(b"W")).array().items(COLUMNS);
        if let (Some(root), Some(info)) = (self.root, self.info) {
            stream.pair(Name(b"Root"), root).pair(Name(b"Info"), info);
        }
        stream.insert(Name(b"ID")).array().items([Str(&digest), Str(&digest)]);
        packed.describe(&mut stream);
        stream.decode_parms().predictor(Predictor::PngUp).columns(COLUMNS.iter().sum());
        drop(stream);

        let mut bytes = Vec::with_capacity(self.pdf.len() + 32);
        bytes.extend_from_slice(self.pdf.as_bytes());
        bytes.extend_from_slice(format!("startxref\n{start}\n%%EOF").as_bytes());
        Ok(bytes)
    }
}

/// The objects of a chunk without `1 0 obj` and `endobj`, which have no place in an object stream.
fn bodies<'a>(chunk: &'a Chunk, starts: &[usize]) -> Result<Vec<(Ref, &'a [u8])>, Error> {
    let ends = starts.iter().skip(1).copied().chain([chunk.len()]);
    let ranges = starts.iter().zip(ends);
    let body = |(id, (start, end)): (Ref, (&usize, usize))| {
        let whole = chunk.as_bytes().get(*start..end)?;
        let body = whole.strip_prefix(format!("{} 0 obj\n", id.get()).as_bytes())?.strip_suffix(b"\nendobj\n")?;
        Some((id, body))
    };
    let bodies: Option<Vec<_>> = chunk.refs().zip(ranges).map(body).collect();
    bodies.filter(|bodies| bodies.len() == chunk.refs().len()).ok_or_else(|| Error::Write("an object was written in pieces".to_owned()))
}

/// A row of the cross-reference stream.
fn row(kind: u8, place: Option<u32>, last: Option<u16>) -> Result<Row, Error> {
    let (Some(place), Some(last)) = (place, last) else { return Err(too_large()) };
    let ([a, b, c, d], [e, f]) = (place.to_be_bytes(), last.to_be_bytes());
    Ok([kind, a, b, c, d, e, f])
}

/// Rows as differences to the rows above them, by the PNG filter "up": numbers that count up become the same byte.
fn differences(table: &[Row]) -> Vec<u8> {
    let mut out = Vec::with_capacity(table.len() * (ROW + 1));
    let mut above = &[0; ROW];
    for row in table {
        out.push(2);
        out.extend(row.iter().zip(above).map(|(here, above)| here.wrapping_sub(*above)));
        above = row;
    }
    out
}

fn too_large() -> Error {
    Error::Write("the file is too large".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use pdf_writer::Dict;

    use super::*;

    /// A file of a catalog, an information dictionary, a stream, and small objects that try to look like others.
    fn file(compress: bool, small: i32) -> (File, Ref) {
        let mut ids = Ref::new(1);
        let mut file = File::new(compress);
        file.catalog(ids.bump()).pair(Name(b"Test"), true);
        file.document_info(ids.bump()).pair(Name(b"Trap"), Str(b"\nendobj\n9 0 obj\n"));
        file.stream(ids.bump(), b"first").pair(Name(b"Test"), 1);
        for number in 0..small {
            file.object::<Dict>(ids.bump()).pair(Name(b"Value"), number);
        }
        (file, ids)
    }

    /// What stands in the stream whose object begins at a place.
    fn inflated(bytes: &[u8], at: usize) -> Vec<u8> {
        let start = at + bytes[at..].windows(8).position(|window| window == b"\nstream\n").unwrap() + 8;
        let mut out = Vec::new();
        flate2::read::ZlibDecoder::new(&bytes[start..]).read_to_end(&mut out).unwrap();
        out
    }

    /// The rows of a file's cross-reference stream.
    fn rows(bytes: &[u8]) -> Vec<Row> {
        let text = String::from_utf8_lossy(bytes);
        let start: usize = text.rsplit_once("startxref\n").unwrap().1.strip_suffix("\n%%EOF").unwrap().parse().unwrap();
        let mut above: Row = [0; ROW];
        let rows = inflated(bytes, start);
        let row = |packed: &[u8]| {
            assert_eq!(packed[0], 2, "up");
            for (above, difference) in above.iter_mut().zip(&packed[1..]) {
                *above = above.wrapping_add(*difference);
            }
            above
        };
        rows.chunks_exact(ROW + 1).map(row).collect()
    }

    /// What a reader finds under a number, without the words around it.
    fn found(bytes: &[u8], rows: &[Row], number: usize) -> Vec<u8> {
        let place = |row: Row| u32::from_be_bytes([row[1], row[2], row[3], row[4]]) as usize;
        let row = rows[number];
        if row[0] == 1 {
            let start = format!("{number} 0 obj\n");
            assert!(bytes[place(row)..].starts_with(start.as_bytes()), "object {number}");
            return bytes[place(row) + start.len()..].to_vec();
        }
        assert_eq!((row[0], rows[place(row)][0]), (2, 1), "object {number} is in a stream");
        let stream = place(rows[place(row)]);
        let header = String::from_utf8_lossy(&bytes[stream..stream + 200]).into_owned();
        let value = |key: &str| header.split_once(key).unwrap().1.split(['/', '>']).next().unwrap().trim().parse::<usize>().unwrap();
        let content = inflated(bytes, stream);
        let (head, body) = content.split_at(value("/First"));
        let head: Vec<usize> = std::str::from_utf8(head).unwrap().split_whitespace().map(|word| word.parse().unwrap()).collect();
        assert_eq!(head.len(), 2 * value("/N"));
        let at = usize::from(u16::from_be_bytes([row[5], row[6]]));
        assert_eq!(head[2 * at], number);
        let end = head.get(2 * at + 3).copied().unwrap_or(body.len());
        body[head[2 * at + 1]..end].strip_suffix(b"\n").unwrap().to_vec()
    }

    #[test]
    fn every_object_is_found_where_the_table_says() {
        for small in [0, 1, 198, 199, 450] {
            let (file, ids) = file(true, small);
            let bytes = file.finish(ids).unwrap();
            let rows = rows(&bytes);
            let streams = (small as usize + 2).div_ceil(PER_STREAM);
            assert_eq!(rows.len(), 1 + 3 + small as usize + streams + 1);
            assert_eq!(rows[0], [0, 0, 0, 0, 0, 0xFF, 0xFF]);
            assert_eq!(rows.iter().filter(|row| row[0] == 1).count(), 1 + streams + 1, "only streams stand alone");
            assert_eq!(found(&bytes, &rows, 1), b"<</Type/Catalog/Test true>>");
            assert_eq!(found(&bytes, &rows, 2), br"<</Trap(\nendobj\n9 0 obj\n)>>");
            assert!(found(&bytes, &rows, 3).starts_with(b"<</Length 5/Test 1>>\nstream\nfirst\nendstream"));
            for number in 0..small {
                assert_eq!(found(&bytes, &rows, 4 + number as usize), format!("<</Value {number}>>").as_bytes());
            }
            let last = found(&bytes, &rows, rows.len() - 1);
            assert!(String::from_utf8_lossy(&last).contains(&format!("/Type/XRef/Size {}/W[1 4 2]/Root 1 0 R/Info 2 0 R/ID[", rows.len())));
        }
    }

    #[test]
    fn a_readable_file_has_the_classic_table() {
        let (file, ids) = file(false, 3);
        let bytes = file.finish(ids).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("\nxref\n0 7\n") && text.contains("\ntrailer\n") && !text.contains("ObjStm"));
    }

    #[test]
    fn a_number_without_an_object_is_an_error() {
        let (file, mut ids) = file(true, 3);
        ids.bump();
        assert!(matches!(file.finish(ids), Err(Error::Write(_))));
    }

    #[test]
    fn a_number_with_two_objects_is_an_error() {
        let (mut file, ids) = file(true, 3);
        file.object::<Dict>(Ref::new(5)).pair(Name(b"Value"), 7);
        assert!(matches!(file.finish(ids), Err(Error::Write(_))));
    }
}
