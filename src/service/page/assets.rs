//! The style, the script and the icon: files of the program, each at an address that names what is in it.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A file that pages bring along.
pub struct Asset {
    /// What it is called, without the digest.
    pub name: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// What is in it.
    pub text: &'static str,
    digest: LazyLock<String>,
}

/// The style of every page.
pub static STYLE: Asset = Asset {
    name: "page.css",
    kind: "text/css; charset=utf-8",
    text: include_str!("page.css"),
    digest: LazyLock::new(|| digest(include_str!("page.css"))),
};

/// The script, which every page works without.
pub static SCRIPT: Asset = Asset {
    name: "page.mjs",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("page.mjs"),
    digest: LazyLock::new(|| digest(include_str!("page.mjs"))),
};

/// The picture in the browser's tab: a sheet with a tick.
pub static ICON: Asset = Asset {
    name: "icon.svg",
    kind: "image/svg+xml",
    text: include_str!("icon.svg"),
    digest: LazyLock::new(|| digest(include_str!("icon.svg"))),
};

impl Asset {
    /// Where it is. The address changes with the content, so that a browser may keep it for good.
    pub fn address(&self) -> String {
        format!("/page/{}/{}", *self.digest, self.name)
    }
}

/// The file at an address's last two parts.
pub fn find(digest: &str, name: &str) -> Option<&'static Asset> {
    [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.name == name && *asset.digest == digest)
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
