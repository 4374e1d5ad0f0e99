//! A PDF that somebody else saved, opened within limits: its form fields, pictures and marks.
//!
//! `lopdf` gives the objects, the filters and the ciphers; finding and parsing the objects is done here. Its own loader
//! reads every object of a file at once, and nothing bounds what that takes (0.47, measured: `docs/design.md`): a chain
//! of streams whose `/Length` is the next stream overflows the stack and ends the process, object streams are limited
//! one by one but not together, and a table may name one large object a million times. Here an object is parsed when it
//! is asked for, once, and what a file may cost is counted in one place (`budget`).

mod budget;
mod import;
mod imported;
mod repair;
mod syntax;
mod table;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

pub use import::{Dropped, Imported, Refusal, import};
pub use imported::{ImportedObject, ImportedPage, Value};
pub use lopdf::{Dictionary, Object, ObjectId};
use lopdf::{Document, EncryptionState, Error, Stream};

use budget::Budget;
use syntax::Parser;
use table::Entry;

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not begin as a PDF.
    NotPdf,
    /// So much of it is lost that its objects cannot be found.
    Damaged,
    /// It opens with a password only.
    Encrypted,
    /// It asks for more room or time than a form can need.
    TooMuch,
}

/// The most bytes a file may have: twice what `image` takes as a photo, with room for the form.
pub const MOST_BYTES: usize = 32 << 20;

/// How many references may lead to each other before there is an object.
const MOST_STEPS: usize = 8;

/// An opened PDF. Nothing in it is run or followed: no script, no action, no other file.
pub struct Pdf<'b> {
    bytes: &'b [u8],
    table: BTreeMap<u32, Entry>,
    trailer: Dictionary,
    objects: BTreeMap<u32, Rc<Object>>,
    packs: BTreeMap<u32, Rc<Pack>>,
    cipher: Option<EncryptionState>,
    budget: Budget,
    /// Whether the table was made anew from the objects that were found.
    rebuilt: bool,
}

/// An object stream, decoded (7.5.7).
struct Pack {
    content: Vec<u8>,
    /// Where each object begins.
    members: BTreeMap<u32, usize>,
}

/// An object, where it stands or where a reference led.
pub enum Got<'o> {
    /// It stands here.
    Here(&'o Object),
    /// A reference led to it.
    There(Rc<Object>),
}

impl Deref for Got<'_> {
    type Target = Object;
    fn deref(&self) -> &Object {
        match self {
            Got::Here(object) => object,
            Got::There(object) => object,
        }
    }
}

impl<'b> Pdf<'b> {
    /// Opens a file: finds its table, or makes it anew from the objects, and unlocks it where no password is needed.
    pub fn open(bytes: &'b [u8]) -> Result<Pdf<'b>, Fault> {
        if bytes.len() > MOST_BYTES {
            return Err(Fault::TooMuch);
        }
        // Offsets count from the header, whatever stands before it.
        let head = bytes.get(..bytes.len().min(2_048)).unwrap_or(bytes);
        let start = find(head, b"%PDF-").ok_or(Fault::NotPdf)?;
        let mut pdf = Pdf {
            bytes: bytes.get(start..).unwrap_or(&[]),
            table: BTreeMap::new(),
            trailer: Dictionary::new(),
            objects: BTreeMap::new(),
            packs: BTreeMap::new(),
            cipher: None,
            budget: Budget::default(),
            rebuilt: false,
        };
        match pdf.read_table().and_then(|()| pdf.unlock()) {
            Err(Fault::Damaged) => pdf.rebuild()?,
            read => read?,
        }
        if pdf.catalog()?.is_none() && !pdf.rebuilt {
            pdf.rebuild()?;
        }
        if pdf.catalog()?.is_some() { Ok(pdf) } else { Err(Fault::Damaged) }
    }

    /// The dictionary that leads to everything (7.7.2); `None` where it is lost.
    pub fn catalog(&mut self) -> Result<Option<Rc<Object>>, Fault> {
        let Ok(Object::Reference(root)) = self.trailer.get(b"Root") else { return Ok(None) };
        let catalog = self.object(root.0)?;
        Ok(catalog.as_dict().is_ok().then_some(catalog))
    }

    /// The document information dictionary (14.3.3), where there is one.
    pub fn information(&mut self) -> Result<Option<Rc<Object>>, Fault> {
        let Ok(Object::Reference(information)) = self.trailer.get(b"Info") else { return Ok(None) };
        let information = self.object(information.0)?;
        Ok(information.as_dict().is_ok().then_some(information))
    }

    /// Counts bytes that are walked over once more: many fields may name one long text.
    pub fn walked(&mut self, bytes: usize) -> Result<(), Fault> {
        self.budget.read(bytes)
    }

    /// Counts bytes that the caller keeps.
    pub fn kept(&mut self, bytes: usize) -> Result<(), Fault> {
        self.budget.hold(bytes)
    }

    /// Follows references to an object; null where they lead nowhere (7.3.10).
    pub fn follow<'o>(&mut self, object: &'o Object) -> Result<Got<'o>, Fault> {
        let Object::Reference(id) = object else { return Ok(Got::Here(object)) };
        let mut found = self.object(id.0)?;
        for _ in 0..MOST_STEPS {
            let Object::Reference(id) = *found else { break };
            found = self.object(id.0)?;
        }
        Ok(Got::There(found))
    }

    /// The value of a key, references followed; null where there is none.
    pub fn value<'o>(&mut self, dictionary: &'o Dictionary, key: &[u8]) -> Result<Got<'o>, Fault> {
        match dictionary.get(key) {
            Ok(object) => self.follow(object),
            Err(_) => Ok(Got::Here(&Object::Null)),
        }
    }

    /// The bytes of a stream after all its filters; `None` where one of them is unknown or the data is broken.
    pub fn content(&mut self, stream: &Stream) -> Result<Option<Vec<u8>>, Fault> {
        match self.decode(stream) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Fault::TooMuch) => Err(Fault::TooMuch),
            Err(_) => Ok(None),
        }
    }

    /// The bytes of a stream before its last filter, where that is the one named: a JPEG is a file in itself.
    pub fn content_before(&mut self, stream: &Stream, last: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let Some(filters) = self.filters(stream)? else { return Ok(None) };
        match filters.split_last() {
            Some((filter, [])) if filter == last => {
                self.budget.hold(stream.content.len())?;
                Ok(Some(stream.content.clone()))
            }
            Some((filter, before)) if filter == last => {
                self.budget.read(stream.content.len())?;
                let mut dictionary = stream.dict.clone();
                dictionary.set("Filter", before.iter().map(|name| Object::Name(name.clone())).collect::<Vec<_>>());
                self.content(&Stream::new(dictionary, stream.content.clone()))
            }
            _ => Ok(None),
        }
    }

    /// The names of a stream's filters in order; `None` where they make no sense.
    pub fn filters(&mut self, stream: &Stream) -> Result<Option<Vec<Vec<u8>>>, Fault> {
        let filter = self.value(&stream.dict, b"Filter")?;
        let mut names = Vec::new();
        match &*filter {
            Object::Null => {}
            Object::Name(name) => names.push(name.clone()),
            Object::Array(array) if array.len() <= MOST_FILTERS => {
                for one in array {
                    let Object::Name(name) = &*self.follow(one)? else { return Ok(None) };
                    names.push(name.clone());
                }
            }
            _ => return Ok(None),
        }
        Ok(Some(names))
    }

    /// The object of a number, parsed once; null where there is none or it is broken.
    fn object(&mut self, number: u32) -> Result<Rc<Object>, Fault> {
        if let Some(known) = self.objects.get(&number) {
            return Ok(Rc::clone(known));
        }
        let found = match self.table.get(&number).copied() {
            Some(Entry::At(at)) => match self.indirect(at, Some(number), true) {
                // The table points at something else: whatever damaged it has moved other objects too.
                Err(Fault::Damaged) if !self.rebuilt && !self.heads(at, number) => {
                    self.rebuild()?;
                    return self.object(number);
                }
                other => other.map(|(_, object)| object),
            },
            Some(Entry::In(pack)) => self.member(pack, number),
            Some(Entry::Free) | None => Ok(Object::Null),
        };
        let found = Rc::new(match found {
            Err(Fault::Damaged) => Object::Null,
            other => other?,
        });
        self.objects.insert(number, Rc::clone(&found));
        Ok(found)
    }

    /// Whether the object of a number begins there.
    fn heads(&mut self, at: usize, number: u32) -> bool {
        Parser::new(self.bytes, at, &mut self.budget).head().is_some_and(|(found, _)| found == number)
    }

    /// Parses the indirect object at an offset (7.3.10), and deciphers it. A stream's length may stand in an object
    /// stream only where `packed` allows it, so that no object stream waits for itself.
    fn indirect(&mut self, at: usize, expected: Option<u32>, packed: bool) -> Result<(ObjectId, Object), Fault> {
        let mut parser = Parser::new(self.bytes, at, &mut self.budget);
        let id = parser.head().filter(|(number, _)| expected.is_none_or(|expected| expected == *number)).ok_or(Fault::Damaged)?;
        let mut object = parser.object()?;
        if let Object::Dictionary(dictionary) = &mut object {
            parser.skip()?;
            if parser.word(b"stream") {
                // 7.3.8.1: CR LF or LF; some programs write CR alone.
                let _ = parser.word(b"\r\n") || parser.word(b"\n") || parser.word(b"\r");
                let start = parser.at;
                let content = self.extent(start, dictionary, packed)?;
                self.budget.hold(content.len())?;
                object = Object::Stream(Stream::new(std::mem::take(dictionary), content.to_vec()));
            }
        }
        if let Some(cipher) = &self.cipher
            && !matches!(&object, Object::Stream(stream) if stream.dict.has_type(b"XRef"))
        {
            // What cannot be deciphered stays as it is; the rest of the object is still of use.
            let _ = lopdf::encryption::decrypt_object(cipher, id, &mut object);
        }
        Ok((id, object))
    }

    /// The bytes of a stream that begins at an offset: as its length says, or up to `endstream` where that is wrong.
    fn extent(&mut self, start: usize, dictionary: &Dictionary, packed: bool) -> Result<&'b [u8], Fault> {
        let length = match dictionary.get(b"Length") {
            Ok(Object::Integer(length)) => Some(*length),
            Ok(Object::Reference(id)) => self.whole(id.0, packed)?,
            _ => None,
        };
        let all = self.bytes.get(start..).unwrap_or(&[]);
        let told = length.and_then(|length| usize::try_from(length).ok()).and_then(|length| all.split_at_checked(length));
        if let Some((content, after)) = told {
            let blanks = after.iter().take(4).take_while(|byte| syntax::is_space(**byte)).count();
            if after.get(blanks..).is_some_and(|after| after.starts_with(b"endstream")) {
                return Ok(content);
            }
        }
        let end = find(all, b"endstream");
        self.budget.read(end.unwrap_or(all.len()))?;
        let content = all.get(..end.ok_or(Fault::Damaged)?).unwrap_or(&[]);
        let content = content.strip_suffix(b"\n").unwrap_or(content);
        Ok(content.strip_suffix(b"\r").unwrap_or(content))
    }

    /// The whole number that an object is, looked up without parsing anything that could need a length itself.
    fn whole(&mut self, number: u32, packed: bool) -> Result<Option<i64>, Fault> {
        let object = match self.table.get(&number).copied() {
            Some(Entry::At(at)) => {
                let mut parser = Parser::new(self.bytes, at, &mut self.budget);
                if parser.head().is_none_or(|(found, _)| found != number) {
                    return Ok(None);
                }
                parser.object()
            }
            Some(Entry::In(pack)) if packed => self.member(pack, number),
            _ => return Ok(None),
        };
        match object {
            Ok(object) => Ok(object.as_i64().ok()),
            Err(Fault::TooMuch) => Err(Fault::TooMuch),
            Err(_) => Ok(None),
        }
    }

    /// An object of an object stream.
    fn member(&mut self, pack: u32, number: u32) -> Result<Object, Fault> {
        let pack = self.pack(pack)?;
        let at = pack.members.get(&number).ok_or(Fault::Damaged)?;
        Parser::new(&pack.content, *at, &mut self.budget).object()
    }

    /// An object stream, decoded once.
    fn pack(&mut self, number: u32) -> Result<Rc<Pack>, Fault> {
        if let Some(known) = self.packs.get(&number) {
            return Ok(Rc::clone(known));
        }
        // One that is broken stays known as an empty one.
        let pack = Rc::new(match self.unpack(number) {
            Err(Fault::Damaged) => Pack { content: Vec::new(), members: BTreeMap::new() },
            other => other?,
        });
        self.packs.insert(number, Rc::clone(&pack));
        Ok(pack)
    }

    fn unpack(&mut self, number: u32) -> Result<Pack, Fault> {
        let Some(Entry::At(at)) = self.table.get(&number).copied() else { return Err(Fault::Damaged) };
        let (_, Object::Stream(stream)) = self.indirect(at, Some(number), false)? else { return Err(Fault::Damaged) };
        let whole = |key: &[u8]| stream.dict.get(key).and_then(Object::as_i64).ok().and_then(|value| usize::try_from(value).ok());
        let (Some(count), Some(first)) = (whole(b"N"), whole(b"First")) else { return Err(Fault::Damaged) };
        let content = self.decode(&stream)?;
        let mut members = BTreeMap::new();
        let mut at = 0;
        for _ in 0..count {
            self.budget.entry()?;
            let mut parser = Parser::new(&content, at, &mut self.budget);
            let (Some(number), Some(offset)) = (parser.whole(), parser.whole()) else { break };
            at = parser.at;
            let start = usize::try_from(offset).ok().and_then(|offset| offset.checked_add(first));
            if let (Ok(number), Some(start)) = (u32::try_from(number), start) {
                members.insert(number, start);
            }
        }
        Ok(Pack { content, members })
    }

    /// Runs a stream's filters.
    fn decode(&mut self, stream: &Stream) -> Result<Vec<u8>, Fault> {
        let filters = self.filters(stream)?.ok_or(Fault::Damaged)?;
        if filters.iter().any(|filter| !FILTERS.contains(&filter.as_slice())) || filters.len() > MOST_FILTERS {
            return Err(Fault::Damaged);
        }
        let mut dictionary = Dictionary::new();
        let parameters = self.value(&stream.dict, b"DecodeParms")?;
        let parameters = match &*parameters {
            Object::Array(array) => {
                let few = array.iter().take(MOST_FILTERS).map(|one| Ok(self.follow(one)?.clone())).collect::<Result<Vec<_>, Fault>>();
                Object::Array(few?)
            }
            other => other.clone(),
        };
        self.budget.read(stream.content.len())?;
        // The steps between filters are work too, and are not seen from here: each may be as long as the last.
        let steps = filters.len().max(1);
        dictionary.set("DecodeParms", parameters);
        dictionary.set("Filter", filters.into_iter().map(Object::Name).collect::<Vec<_>>());
        let room = self.budget.room() / steps;
        let decoded = Stream { dict: dictionary, content: Vec::new(), allows_compression: false, start_position: None };
        let stream = Stream { content: stream.content.clone(), ..decoded };
        let done = if steps == 1 && stream.filters().is_ok_and(|filters| filters.is_empty()) {
            stream.get_plain_content_with_limit(room)
        } else {
            stream.decompressed_content_with_limit(room)
        };
        match done {
            Ok(bytes) => {
                self.budget.decoded(bytes.len().saturating_mul(steps))?;
                Ok(bytes)
            }
            Err(Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => Err(Fault::TooMuch),
            Err(_) => {
                self.budget.decoded(room.min(stream.content.len().saturating_mul(16)))?;
                Err(Fault::Damaged)
            }
        }
    }

    /// Unlocks an encrypted file whose user password is empty (7.6.3.1): such files open without asking.
    fn unlock(&mut self) -> Result<(), Fault> {
        let encrypt = match self.trailer.get(b"Encrypt") {
            Ok(encrypt) => encrypt.clone(),
            Err(_) => return Ok(()),
        };
        let Object::Dictionary(encrypt) = (*self.follow(&encrypt)?).clone() else { return Err(Fault::Damaged) };
        let identifier = self.trailer.get(b"ID").cloned().unwrap_or(Object::Null);
        let identifier = (*self.follow(&identifier)?).clone();
        let mut document = Document::new();
        document.objects.insert((1, 0), Object::Dictionary(encrypt));
        document.trailer.set("Encrypt", Object::Reference((1, 0)));
        document.trailer.set("ID", identifier);
        document.authenticate_user_password("").map_err(|_| Fault::Encrypted)?;
        self.cipher = Some(EncryptionState::decode(&document, b"").map_err(|_| Fault::Encrypted)?);
        Ok(())
    }
}

/// The filters that are undone (7.4.2 to 7.4.5); the others make pictures, or are not of PDF 1.7.
const FILTERS: [&[u8]; 5] = [b"FlateDecode", b"LZWDecode", b"ASCII85Decode", b"ASCIIHexDecode", b"RunLengthDecode"];

/// The most filters on one stream. Programs use one, or two where one makes text of bytes.
const MOST_FILTERS: usize = 4;

/// Where a run of bytes stands first.
fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        from += rest.iter().position(|byte| *byte == first)?;
        if bytes.get(from..)?.starts_with(what) {
            return Some(from);
        }
        from += 1;
    }
}

/// Where a run of bytes stands last.
fn find_last(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}
