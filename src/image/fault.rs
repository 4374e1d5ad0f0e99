//! Why a picture cannot be used, said so that a person can mend it.

use super::sniff::Kind;
use super::{Subject, Unusable};
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
    /// The same in words that name the picture as people do.
    pub(super) fn into_unusable(self, subject: Subject) -> Unusable {
        let name = Name::of(subject);
        let (code, message, help) = match self {
            Fault::Kind(Kind::Empty) => (["photo-empty", "attachment-empty"], name.empty(), name.send_again()),
            Fault::Kind(kind) => (["photo-format", "attachment-format"], name.not_a_picture(kind), name.save_as(kind)),
            Fault::TooManyBytes { bytes, most } => {
                (["photo-too-large", "attachment-too-large"], name.too_many_bytes(bytes, most), name.make_smaller())
            }
            Fault::TooManyPixels { width, height } => {
                (["photo-too-many-pixels", "attachment-too-many-pixels"], name.too_many_pixels(width, height), name.make_smaller())
            }
            Fault::Truncated => (["photo-truncated", "attachment-truncated"], name.truncated(), name.send_again()),
            Fault::Damaged => (["photo-damaged", "attachment-damaged"], name.damaged(), name.send_again()),
            Fault::Unsupported => (["photo-unsupported", "attachment-unsupported"], name.unsupported(), save_anew()),
        };
        let [photo, copy] = code;
        Unusable { code: if subject == Subject::Photo { photo } else { copy }, message, help }
    }
}

/// What people call the picture.
struct Name {
    subject: Subject,
    zh: &'static str,
    en: &'static str,
}

impl Name {
    fn of(subject: Subject) -> Name {
        let (zh, en) = match subject {
            Subject::Photo => ("照片", "photo"),
            Subject::Copy => ("附件", "attachment"),
        };
        Name { subject, zh, en }
    }

    fn empty(&self) -> Message {
        let Name { zh, en, .. } = self;
        Message::new(format!("{zh}文件是空的"), format!("the {en}'s file is empty"))
    }

    fn not_a_picture(&self, kind: Kind) -> Message {
        let ((zh, en), Name { zh: name_zh, en: name_en, subject }) = (kind.names(), self);
        match subject {
            Subject::Photo => {
                Message::new(format!("{name_zh}不是 JPEG 或 PNG，而是{zh}"), format!("the {name_en} is not a JPEG or PNG, but {en}"))
            }
            Subject::Copy => Message::new(
                format!("{name_zh}不是 JPEG、PNG 或 PDF，而是{zh}"),
                format!("the {name_en} is not a JPEG, PNG or PDF, but {en}"),
            ),
        }
    }

    fn too_many_bytes(&self, bytes: usize, most: usize) -> Message {
        let mb = |bytes: usize| bytes.div_ceil(1_000_000);
        let Name { zh, en, .. } = self;
        Message::new(
            format!("{zh}文件有 {} MB，最多 {} MB", mb(bytes), most / 1_000_000),
            format!("the {en}'s file has {} MB; at most {} MB are read", mb(bytes), most / 1_000_000),
        )
    }

    fn too_many_pixels(&self, width: u32, height: u32) -> Message {
        let Name { zh, en, .. } = self;
        Message::new(
            format!("{zh}自称有 {width}×{height} 像素，太大"),
            format!("the {en} claims {width} × {height} pixels, which is too many"),
        )
    }

    fn truncated(&self) -> Message {
        let Name { zh, en, .. } = self;
        Message::new(format!("{zh}文件不完整，中途断了"), format!("the {en}'s file is incomplete: it breaks off"))
    }

    fn damaged(&self) -> Message {
        let Name { zh, en, .. } = self;
        Message::new(format!("{zh}文件已损坏"), format!("the {en}'s file is damaged"))
    }

    fn unsupported(&self) -> Message {
        let Name { zh, en, .. } = self;
        Message::new(format!("{zh}的编码方式很少见，无法读取"), format!("the {en} is coded in a rare way that cannot be read"))
    }

    fn send_again(&self) -> Message {
        let Name { zh, en, .. } = self;
        Message::new(
            format!("请重新传送或导出{zh}，先打开看看是否完整"),
            format!("send or export the {en} again, and look whether it opens whole"),
        )
    }

    fn make_smaller(&self) -> Message {
        match self.subject {
            Subject::Photo => Message::new(
                "请缩小照片：35×49 mm 的照片有 827×1158 像素就够",
                "make the photo smaller: 827 × 1158 pixels are enough for a print of 35 × 49 mm",
            ),
            Subject::Copy => Message::new(
                "请缩小附件：A4 的扫描件有 2480×3508 像素（每英寸 300 点）就够",
                "make the attachment smaller: 2480 × 3508 pixels (300 dots per inch) are enough for A4",
            ),
        }
    }

    fn save_as(&self, kind: Kind) -> Message {
        let Name { zh, en, subject } = self;
        match kind {
            Kind::Heic => Message::new(
                "请导出为 JPEG；iPhone 可在“设置—相机—格式”中选“兼容性最佳”",
                "export it as JPEG; an iPhone takes JPEG with Settings, Camera, Formats, Most Compatible",
            ),
            Kind::Html | Kind::Text | Kind::Unknown => {
                Message::new(format!("请检查路径是否指向{zh}本身"), format!("check that the path points to the {en} itself"))
            }
            Kind::Zip | Kind::Office if *subject == Subject::Copy => Message::new("请把它另存为 PDF", "save it as a PDF"),
            Kind::Pdf | Kind::Zip | Kind::Office => {
                Message::new("请把其中的照片另存为 JPEG 文件", "save the photo in it as a JPEG file of its own")
            }
            _ => Message::new("请用看图软件打开，另存为 JPEG", "open it in a picture viewer and save it as JPEG"),
        }
    }
}

fn save_anew() -> Message {
    Message::new(
        "请用看图软件打开，另存为普通 JPEG（RGB，8 位）",
        "open it in a picture viewer and save it as an ordinary JPEG (RGB, 8 bits)",
    )
}
