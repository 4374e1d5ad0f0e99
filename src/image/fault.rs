//! Why a picture cannot be used, said so that a person can mend it.

use super::Unusable;
use super::sniff::Kind;
use crate::diag::Message;

/// What is wrong with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not a JPEG or PNG, but this.
    Kind(Kind),
    /// The file is larger than allowed; megabytes.
    TooManyBytes { bytes: usize, most: usize },
    /// It claims more pixels than allowed.
    TooManyPixels { width: u32, height: u32 },
    /// It breaks off.
    Truncated,
    /// Its data contradict themselves.
    Damaged,
    /// It is of a rare kind that is not read.
    Unsupported,
}

impl Fault {
    /// The same in words.
    pub(super) fn into_unusable(self) -> Unusable {
        let (code, message, help) = match self {
            Fault::Kind(Kind::Empty) => ("photo-empty", empty(), send_again()),
            Fault::Kind(kind) => ("photo-format", not_a_photo(kind), save_as(kind)),
            Fault::TooManyBytes { bytes, most } => ("photo-too-large", too_many_bytes(bytes, most), make_smaller()),
            Fault::TooManyPixels { width, height } => ("photo-too-many-pixels", too_many_pixels(width, height), make_smaller()),
            Fault::Truncated => ("photo-truncated", truncated(), send_again()),
            Fault::Damaged => ("photo-damaged", damaged(), send_again()),
            Fault::Unsupported => ("photo-unsupported", unsupported(), save_anew()),
        };
        Unusable { code, message, help }
    }
}

fn empty() -> Message {
    Message::new("照片文件是空的", "the photo's file is empty")
}

fn not_a_photo(kind: Kind) -> Message {
    let (zh, en) = kind.names();
    Message::new(format!("照片不是 JPEG 或 PNG，而是{zh}"), format!("the photo is not a JPEG or PNG, but {en}"))
}

fn too_many_bytes(bytes: usize, most: usize) -> Message {
    let mb = |bytes: usize| bytes.div_ceil(1_000_000);
    Message::new(
        format!("照片文件有 {} MB，最多 {} MB", mb(bytes), most / 1_000_000),
        format!("the photo's file has {} MB; at most {} MB are read", mb(bytes), most / 1_000_000),
    )
}

fn too_many_pixels(width: u32, height: u32) -> Message {
    Message::new(
        format!("照片自称有 {width}×{height} 像素，太大"),
        format!("the photo claims {width} × {height} pixels, which is too many"),
    )
}

fn truncated() -> Message {
    Message::new("照片文件不完整，中途断了", "the photo's file is incomplete: it breaks off")
}

fn damaged() -> Message {
    Message::new("照片文件已损坏", "the photo's file is damaged")
}

fn unsupported() -> Message {
    Message::new("照片的编码方式很少见，无法读取", "the photo is coded in a rare way that cannot be read")
}

fn send_again() -> Message {
    Message::new("请重新传送或导出照片，先打开看看是否完整", "send or export the photo again, and look whether it opens whole")
}

fn make_smaller() -> Message {
    Message::new(
        "请缩小照片：35×49 mm 的照片有 827×1158 像素就够",
        "make the photo smaller: 827 × 1158 pixels are enough for a print of 35 × 49 mm",
    )
}

fn save_anew() -> Message {
    Message::new(
        "请用看图软件打开，另存为普通 JPEG（RGB，8 位）",
        "open it in a picture viewer and save it as an ordinary JPEG (RGB, 8 bits)",
    )
}

fn save_as(kind: Kind) -> Message {
    match kind {
        Kind::Heic => Message::new(
            "请导出为 JPEG；iPhone 可在“设置—相机—格式”中选“兼容性最佳”",
            "export it as JPEG; an iPhone takes JPEG with Settings, Camera, Formats, Most Compatible",
        ),
        Kind::Html | Kind::Text | Kind::Unknown => {
            Message::new("请检查路径是否指向照片本身", "check that the path points to the photo itself")
        }
        Kind::Pdf | Kind::Zip | Kind::Office => {
            Message::new("请把其中的照片另存为 JPEG 文件", "save the photo in it as a JPEG file of its own")
        }
        _ => Message::new("请用看图软件打开，另存为 JPEG", "open it in a picture viewer and save it as JPEG"),
    }
}
