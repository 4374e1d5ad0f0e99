//! The files that were sent along with a record, found by the names the record gives them.

use bytes::Bytes;

use crate::diag::{Diagnostic, Message, Place};
use crate::record::{Assets, Record, SENT};

/// The files of one request.
#[derive(Default)]
pub struct Uploads(Vec<Upload>);

/// A file that was sent.
struct Upload {
    /// What it is called: the name of its part, and the name it has where it comes from.
    names: Vec<String>,
    bytes: Bytes,
}

impl Uploads {
    /// Takes a file; gives whether none of the same name is there already.
    pub fn add(&mut self, names: Vec<String>, bytes: Bytes) -> bool {
        let new = !self.0.iter().any(|upload| upload.names.first() == names.first() && upload.names.last() == names.last());
        self.0.push(Upload { names, bytes });
        new
    }

    /// The file that a record calls so: by its whole name; a path also by its last part, where only one file has that.
    fn find(&self, path: &str) -> Option<usize> {
        let name = path.strip_prefix(SENT).unwrap_or(path);
        let whole = self.0.iter().position(|upload| upload.names.iter().any(|known| known == name));
        whole.or_else(|| {
            let mut alike = self.0.iter().enumerate().filter(|(_, upload)| upload.names.iter().any(|known| last(known) == last(name)));
            let (found, None) = (alike.next(), alike.next()) else { return None };
            found.map(|(at, _)| at)
        })
    }

    /// A warning for every file that the record names nowhere: most likely a name is mistyped.
    pub fn unused(&self, record: &Record) -> Vec<Diagnostic> {
        let mut named: Vec<usize> = record.named_files().iter().filter_map(|path| self.find(path)).collect();
        named.sort_unstable();
        let unused = (0..self.0.len()).filter(|at| named.binary_search(at).is_err());
        unused.map(|at| not_named(at + 1)).collect()
    }
}

impl Assets for Uploads {
    fn read(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        let found = self.find(path).and_then(|at| self.0.get(at));
        found.map(|upload| upload.bytes.to_vec()).ok_or_else(not_sent)
    }
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn not_sent() -> Diagnostic {
    let message = Message::new("请求里没有附上这个文件", "this file was not sent with the record");
    let help = Message::new(
        "用 multipart 附上，部分名或文件名写成记录里的路径；或在 assets 里给出，记录里写 asset:名字；照片也可以直接写成 data:image/jpeg;base64,…",
        "send it as a multipart file whose part or file name is the path in the record, or in `assets` with asset:NAME in the record; \
         a photo may also be data:image/jpeg;base64,…",
    );
    Diagnostic::error("photo-missing", nowhere(), message).with_help(help)
}

fn not_named(number: usize) -> Diagnostic {
    let message = Message::new(
        format!("附上的第 {number} 个文件，记录里没有用到"),
        format!("file {number} of those that were sent is named nowhere in the record"),
    );
    let help = Message::new(
        "核对记录里的路径和文件名，大小写也要一样",
        "compare the paths in the record with the names of the files, capitals included",
    );
    Diagnostic::warning("asset-unused", nowhere(), message).with_help(help)
}

fn nowhere() -> Place {
    Place::Record { pointer: String::new(), label: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_whole_name_then_by_last_part() {
        let mut uploads = Uploads::default();
        for (names, byte) in [(["photo", "photos/甲.jpg"], 1), (["file", "a/one.pdf"], 2), (["file", "b/one.pdf"], 3)] {
            assert!(uploads.add(names.map(str::to_owned).to_vec(), Bytes::from(vec![byte])));
        }
        for (path, want) in [
            ("photos/甲.jpg", Some(1)),
            ("甲.jpg", Some(1)),
            ("elsewhere/甲.jpg", Some(1)),
            ("asset:photo", Some(1)),
            ("a/one.pdf", Some(2)),
            ("one.pdf", None),
            ("none", None),
        ] {
            assert_eq!(uploads.read(path).ok(), want.map(|byte| vec![byte]), "{path}");
        }
        assert!(!uploads.add(vec!["photo".to_owned(), "photos/甲.jpg".to_owned()], Bytes::new()));
    }
}
