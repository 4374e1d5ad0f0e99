//! PDFs written by hand, as no program would write them.

use std::io::Write;

/// A file of objects numbered from 1, with a classic table; the first is the catalog.
pub fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    file_with(objects, "")
}

/// The same with more in the trailer.
pub fn file_with(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let (mut out, starts) = body(objects);
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for start in starts {
        out.extend(format!("{start:010} 00000 n \n").bytes());
    }
    out.extend(format!("trailer\n<</Size {}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).bytes());
    out
}

/// The objects after a header, and where each begins.
pub fn body(objects: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    let mut out = b"%PDF-1.7\n%\xE4\xB8\xAD\xE6\n".to_vec();
    let mut starts = Vec::new();
    for (place, object) in objects.iter().enumerate() {
        starts.push(out.len());
        out.extend(format!("{} 0 obj\n", place + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    (out, starts)
}

/// A file whose catalog has these fields (numbers from 2), then these objects.
pub fn form(fields: &[usize], objects: &[&str]) -> Vec<Vec<u8>> {
    let list: String = fields.iter().map(|field| format!("{field} 0 R ")).collect();
    let catalog = format!("<</Type/Catalog/AcroForm<</Fields[{list}]>>>>");
    std::iter::once(catalog.as_str()).chain(objects.iter().copied()).map(|object| object.as_bytes().to_vec()).collect()
}

/// A stream.
pub fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{dictionary}/Length {}>>\nstream\n", data.len()).into_bytes();
    out.extend(data);
    out.extend(b"\nendstream");
    out
}

/// A deflated stream.
pub fn flate(dictionary: &str, data: &[u8]) -> Vec<u8> {
    stream(&format!("/Filter/FlateDecode{dictionary}"), &deflated(data))
}

pub fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A file whose table is a stream: the rows come with what they are to say.
pub fn with_table_stream(objects: &[Vec<u8>], more: &[(u8, u32, u16)], dictionary: &str) -> Vec<u8> {
    let (mut out, starts) = body(objects);
    let start = out.len();
    let mut rows = vec![(0u8, 0u32, 65_535u16)];
    rows.extend(starts.iter().map(|start| (1, u32::try_from(*start).unwrap(), 0)));
    rows.extend(more);
    let data: Vec<u8> = rows.iter().flat_map(|(kind, at, last)| [&[*kind][..], &at.to_be_bytes(), &last.to_be_bytes()].concat()).collect();
    out.extend(format!("{} 0 obj\n", 1_000_000).bytes());
    let dictionary = if dictionary.is_empty() { format!("/W[1 4 2]/Size {}", rows.len()) } else { dictionary.to_owned() };
    out.extend(flate(&format!("/Type/XRef/Root 1 0 R{dictionary}"), &data));
    out.extend(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}
