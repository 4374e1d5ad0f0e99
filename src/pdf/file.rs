//! The file around the objects: in what order they stand, how they are packed, where a reader finds them.

use std::io::Write;

use pdf_writer::types::Predictor;
use pdf_writer::writers::{Catalog, DocumentInfo, FormXObject, ImageXObject};
use pdf_writer::{Chunk, Name, Obj, Ref, Settings, Str, Stream, Writer};
use sha2::{Digest, Sha256};

use super::stream::deflated_well;
use crate::error::Error;

/// A PDF in the making, of which only what is not finished is held: finished objects go out as they come.
///
/// Compressed, everything but streams is packed into object streams, and a cross-reference stream says where it is
/// (ISO 32000-1, 7.5.7 and 7.5.8): a form's many small dictionaries are alike and deflate to a tenth. Without,
/// the file has the classic table and a person can read it.
pub(super) struct File<W> {
    pub(super) compress: bool,
    out: W,
    /// How many bytes went out, and the digest over them.
    gone: u64,
    digest: Sha256,
    /// The next number that no object has.
    next: Ref,
    /// The objects that wait to go out, and where each begins; of a compressed file, its streams.
    waiting: (Chunk, Vec<usize>),
    /// The objects of a compressed file that are no streams, and where each begins.
    small: (Chunk, Vec<usize>),
    /// Where the objects that went out are.
    rows: Vec<(Ref, Row)>,
    root: Option<Ref>,
    info: Option<Ref>,
    /// The first thing that went wrong.
    failed: Option<Error>,
}

/// The most objects in one object stream. To see one of them a reader inflates all of its stream.
const PER_STREAM: usize = 200;

/// So many bytes go out together.
const PIECE: usize = 64 * 1024;

/// Columns of the cross-reference stream: kind, offset or stream, generation or place in the stream (table 18).
const COLUMNS: [i32; 3] = [1, 4, 2];
const ROW: usize = 7;
type Row = [u8; ROW];

/// The version, and four bytes by which programs that move files see that this one is no text (7.5.2).
const HEADER: &[u8] = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n";

impl<W: Write> File<W> {
    pub(super) fn new(out: W, compress: bool) -> File<W> {
        let mut file = File {
            compress,
            out,
            gone: 0,
            digest: Sha256::new(),
            next: Ref::new(1),
            waiting: (chunk(compress), Vec::new()),
            small: (chunk(compress), Vec::new()),
            rows: Vec::new(),
            root: None,
            info: None,
            failed: None,
        };
        file.send(HEADER);
        file
    }

    /// A number for an object, which has to be written some time.
    pub(super) fn id(&mut self) -> Ref {
        self.next.bump()
    }

    /// Begins an object that is no stream.
    pub(super) fn object<'a, T: Writer<'a>>(&'a mut self, id: Ref) -> T {
        self.value(id).start()
    }

    /// Begins an object that is no stream and may be anything else.
    pub(super) fn value(&mut self, id: Ref) -> Obj<'_> {
        if !self.compress {
            return begin(self.room(), id);
        }
        if self.small.1.len() >= PER_STREAM
            && let Err(error) = self.pack_objects()
        {
            self.failed.get_or_insert(error);
        }
        begin(&mut self.small, id)
    }

    /// Begins a stream.
    pub(super) fn stream<'a>(&'a mut self, id: Ref, bytes: &'a [u8]) -> Stream<'a> {
        let (chunk, starts) = self.room();
        starts.push(chunk.len());
        chunk.stream(id, bytes)
    }

    /// Begins a form XObject.
    pub(super) fn form_xobject<'a>(&'a mut self, id: Ref, bytes: &'a [u8]) -> FormXObject<'a> {
        let (chunk, starts) = self.room();
        starts.push(chunk.len());
        chunk.form_xobject(id, bytes)
    }

    /// Begins an image XObject.
    pub(super) fn image_xobject<'a>(&'a mut self, id: Ref, bytes: &'a [u8]) -> ImageXObject<'a> {
        let (chunk, starts) = self.room();
        starts.push(chunk.len());
        chunk.image_xobject(id, bytes)
    }

    /// Begins the object that the trailer names as the root.
    pub(super) fn catalog(&mut self, id: Ref) -> Catalog<'_> {
        self.root = Some(id);
        self.object(id)
    }

    /// Begins the object that the trailer names as the document information.
    pub(super) fn document_info(&mut self, id: Ref) -> DocumentInfo<'_> {
        self.info = Some(id);
        self.object(id)
    }

    /// Whether all that was written so far could be written.
    pub(super) fn sound(&mut self) -> Result<(), Error> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> Result<W, Error> {
        if !self.small.1.is_empty() {
            self.pack_objects()?;
        }
        self.send_waiting();
        if self.compress {
            self.refer()?
        } else {
            self.tabulate()?
        }
        self.sound()?;
        self.out.flush().map_err(unwritten)?;
        Ok(self.out)
    }

    /// Where the next object of the file itself goes.
    fn room(&mut self) -> &mut (Chunk, Vec<usize>) {
        if self.waiting.0.len() >= PIECE {
            self.send_waiting();
        }
        &mut self.waiting
    }

    /// Sends the objects that wait.
    fn send_waiting(&mut self) {
        let (chunk, starts) = std::mem::replace(&mut self.waiting, (chunk(self.compress), Vec::new()));
        for (id, start) in chunk.refs().zip(starts) {
            match row(1, u32::try_from(self.gone + start as u64).ok(), Some(0)) {
                Ok(row) => self.rows.push((id, row)),
                Err(error) => drop(self.failed.get_or_insert(error)),
            }
        }
        self.send(chunk.as_bytes());
    }

    fn send(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        self.digest.update(bytes);
        self.gone += bytes.len() as u64;
        self.failed = self.out.write_all(bytes).err().map(unwritten);
    }

    /// The identifier (14.4) stands for the content: equal files have equal ones.
    fn identifier(&self) -> Vec<u8> {
        self.digest.clone().finalize().iter().take(16).copied().collect()
    }

    /// Writes the small objects that wait as an object stream.
    fn pack_objects(&mut self) -> Result<(), Error> {
        let (chunk, starts) = std::mem::replace(&mut self.small, (chunk(self.compress), Vec::new()));
        let stream_id = self.id();
        let (mut head, mut body) = (String::new(), Vec::new());
        for (place, (id, object)) in bodies(&chunk, &starts)?.into_iter().enumerate() {
            head.push_str(&format!("{} {} ", id.get(), body.len()));
            body.extend_from_slice(object);
            body.push(b'\n');
            self.rows.push((id, row(2, u32::try_from(stream_id.get()).ok(), u16::try_from(place).ok())?));
        }
        let first = i32::try_from(head.len()).map_err(|_| too_large())?;
        let count = i32::try_from(starts.len()).map_err(|_| too_large())?;
        let packed = deflated_well(&[head.as_bytes(), &body].concat())?;
        let mut stream = self.stream(stream_id, &packed.bytes);
        stream.pair(Name(b"Type"), Name(b"ObjStm"));
        stream.pair(Name(b"N"), count).pair(Name(b"First"), first);
        packed.describe(&mut stream);
        Ok(())
    }

    /// The rows in the order of the numbers, from 0: each number has one.
    fn table(&mut self) -> Result<Vec<Row>, Error> {
        self.sound()?;
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_unstable();
        if !rows.iter().map(|(id, _)| id.get()).eq(1..self.next.get()) {
            return Err(Error::Write("object numbers are not dense".to_owned()));
        }
        // Number 0 heads the list of free numbers, which is empty.
        let free = row(0, Some(0), Some(u16::MAX))?;
        Ok(std::iter::once(free).chain(rows.into_iter().map(|(_, row)| row)).collect())
    }

    /// Writes the cross-reference stream, which is the trailer too.
    fn refer(&mut self) -> Result<(), Error> {
        let (digest, start) = (self.identifier(), self.gone);
        let id = self.id();
        self.rows.push((id, row(1, u32::try_from(start).ok(), Some(0))?));
        let table = self.table()?;
        let packed = deflated_well(&differences(&table))?;
        let mut chunk = chunk(true);
        let mut stream = chunk.stream(id, &packed.bytes);
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
        self.send(chunk.as_bytes());
        self.send(format!("startxref\n{start}\n%%EOF").as_bytes());
        Ok(())
    }

    /// Writes the classic table and the trailer (7.5.4 and 7.5.5).
    fn tabulate(&mut self) -> Result<(), Error> {
        let (digest, start) = (self.identifier(), self.gone);
        let table = self.table()?;
        let mut text = format!("xref\n0 {}\n", table.len());
        for [kind, a, b, c, d, e, f] in &table {
            let (place, last) = (u32::from_be_bytes([*a, *b, *c, *d]), u16::from_be_bytes([*e, *f]));
            text.push_str(&format!("{place:010} {last:05} {}\r\n", if *kind == 0 { 'f' } else { 'n' }));
        }
        let id: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        let named = |name: &str, id: Option<Ref>| id.map_or(String::new(), |id| format!("  /{name} {} 0 R\n", id.get()));
        text.push_str(&format!("trailer\n<<\n  /Size {}\n", table.len()));
        text.push_str(&(named("Root", self.root) + &named("Info", self.info)));
        text.push_str(&format!("  /ID [<{id}> <{id}>]\n>>\nstartxref\n{start}\n%%EOF"));
        self.send(text.as_bytes());
        Ok(())
    }
}

fn chunk(compress: bool) -> Chunk {
    Chunk::with_settings(Settings { pretty: !compress })
}

fn begin((chunk, starts): &mut (Chunk, Vec<usize>), id: Ref) -> Obj<'_> {
    starts.push(chunk.len());
    chunk.indirect(id)
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

/// The offsets of the cross-reference stream have four bytes.
fn too_large() -> Error {
    Error::Write("the file would be larger than 4 GB: make volumes of fewer dossiers; 文件将超过 4 GB，请分册输出，每册少放几份".to_owned())
}

fn unwritten(cause: std::io::Error) -> Error {
    Error::Write(format!("the file cannot be written: {cause}; 文件写不下去：{cause}"))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use pdf_writer::Dict;

    use super::*;

    /// A file of a catalog, an information dictionary, a stream, and small objects that try to look like others.
    fn file(compress: bool, small: i32) -> File<Vec<u8>> {
        let mut file = File::new(Vec::new(), compress);
        let [catalog, info, stream] = [0; 3].map(|_| file.id());
        file.catalog(catalog).pair(Name(b"Test"), true);
        file.document_info(info).pair(Name(b"Trap"), Str(b"\nendobj\n9 0 obj\n"));
        file.stream(stream, b"first").pair(Name(b"Test"), 1);
        let ids: Vec<Ref> = (0..small).map(|_| file.id()).collect();
        for (number, id) in (0..small).zip(ids) {
            file.object::<Dict>(id).pair(Name(b"Value"), number);
        }
        file
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
            let bytes = file(true, small).finish().unwrap();
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
        let bytes = file(false, 3).finish().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("\nxref\n0 7\n") && text.contains("\ntrailer\n") && !text.contains("ObjStm"));
    }

    #[test]
    fn a_number_without_an_object_is_an_error() {
        for compress in [true, false] {
            let mut file = file(compress, 3);
            file.id();
            assert!(matches!(file.finish(), Err(Error::Write(_))));
        }
    }

    #[test]
    fn a_number_with_two_objects_is_an_error() {
        for compress in [true, false] {
            let mut file = file(compress, 3);
            file.object::<Dict>(Ref::new(5)).pair(Name(b"Value"), 7);
            assert!(matches!(file.finish(), Err(Error::Write(_))));
        }
    }

    /// Takes so many bytes and no more.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_finished_goes_out_and_what_cannot_is_an_error() {
        let large = vec![b'x'; 3 * PIECE];
        let mut file = file(true, 3);
        for _ in 0..4 {
            let id = file.id();
            file.stream(id, &large);
            assert!(file.waiting.0.len() < 2 * large.len(), "one stream waits at most");
        }
        let bytes = file.finish().unwrap();
        for number in 6..10 {
            assert!(found(&bytes, &rows(&bytes), number + 1).starts_with(b"<</Length 196608>>\nstream\nxxx"));
        }

        let mut file = File::new(Full(PIECE), false);
        assert!(file.sound().is_ok());
        for _ in 0..2 {
            let id = file.id();
            file.stream(id, &large);
        }
        assert!(matches!(file.sound(), Err(Error::Write(why)) if why.contains("cannot be written")));
    }
}
