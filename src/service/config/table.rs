//! Every setting: one row makes its flag, its variable, its key in the file and its help.

use super::Draft;
use super::value::{address, bytes, count, duration, some_bytes, some_time, switch};
use crate::diag::Message;
use crate::service::log::LogKind;

/// Groups of settings in the help, in their order.
pub const GROUPS: &[(&str, &str)] = &[
    ("address", "地址 Address"),
    ("safety", "安全 Safety"),
    ("limits", "限度 Limits"),
    ("batches", "批处理 Batches"),
    ("operation", "运行 Operation"),
];

/// A setting.
pub struct Setting {
    /// Its flag without dashes, and its key in the file.
    pub name: &'static str,
    /// The key of its group.
    pub group: &'static str,
    /// What stands for its value in the help; empty for a switch.
    pub value: &'static str,
    /// What holds where nothing is said, as it would be written; empty where there is none.
    pub default: &'static str,
    /// What it does, in Chinese.
    pub zh: &'static str,
    /// What it does, in English.
    pub en: &'static str,
    /// Whether it may be given several times.
    pub many: bool,
    /// Whether it is a flag of the whole program, so that only its variable and the file add to it.
    pub of_program: bool,
    pub(super) set: fn(&mut Draft, &str) -> Result<(), Message>,
}

type Set = fn(&mut Draft, &str) -> Result<(), Message>;

const fn row(
    group: &'static str,
    name: &'static str,
    value: &'static str,
    default: &'static str,
    help: [&'static str; 2],
    set: Set,
) -> Setting {
    let [zh, en] = help;
    Setting { name, group, value, default, zh, en, many: false, of_program: false, set }
}

const fn many(setting: Setting) -> Setting {
    Setting { many: true, ..setting }
}

const fn of_program(setting: Setting) -> Setting {
    Setting { of_program: true, ..setting }
}

/// All of them, in the order of the help.
pub const SETTINGS: &[Setting] = &[
    row(
        "address",
        "listen",
        "ADDRESS",
        "127.0.0.1:8080",
        ["监听的地址和端口；只写端口则只有本机能访问", "Address and port; a port alone is for this machine only"],
        |d, v| address(v).map(|address| d.settings.listen = address),
    ),
    many(row(
        "address",
        "host",
        "NAME",
        "",
        [
            "浏览器用来访问它的名字，可多次；别的名字一律拒绝（防 DNS 重绑定）",
            "A name by which browsers call it, may be repeated; others are refused (DNS rebinding)",
        ],
        |d, v| {
            let name = v.trim().trim_end_matches('.');
            let sound = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
            let wrong = || {
                Message::new(
                    "应只是名字，不带 http:// 和端口，如 forms.example.org",
                    "it should be a name without http:// and port, such as forms.example.org",
                )
            };
            if sound {
                d.settings.hosts.push(name.to_ascii_lowercase())
            } else {
                return Err(wrong());
            }
            Ok(())
        },
    )),
    row(
        "safety",
        "keys",
        "FILE",
        "",
        [
            "钥匙文件（权限 600）：每行 名字 权限 SHA-256，用 --new-key 生成",
            "File of keys (mode 600): a name, scopes and a SHA-256 on each line, made by --new-key",
        ],
        |d, v| {
            d.keys = Some(v.into());
            Ok(())
        },
    ),
    many(row(
        "safety",
        "trusted-proxy",
        "NETWORK",
        "",
        ["可信代理的地址，由它说明是谁在用，可多次", "Address of a proxy that says who asks, may be repeated"],
        |d, v| {
            let wrong = || {
                Message::new(
                    "应是地址或网段，如 10.0.0.5 或 10.0.0.0/28",
                    "it should be an address or a network such as 10.0.0.5 or 10.0.0.0/28",
                )
            };
            let network = v.trim().parse::<ipnet::IpNet>().or_else(|_| v.trim().parse::<std::net::IpAddr>().map(ipnet::IpNet::from));
            d.settings.trusted_proxies.push(network.map_err(|_| wrong())?);
            Ok(())
        },
    )),
    row(
        "safety",
        "identity-header",
        "NAME",
        "X-Forwarded-User",
        ["可信代理在哪个请求头里写明是谁", "Header in which a trusted proxy says who asks"],
        |d, v| {
            let wrong = || Message::new("应是请求头的名字", "it should be the name of a header");
            d.settings.identity_header = v.trim().parse().map_err(|_| wrong())?;
            Ok(())
        },
    ),
    row(
        "safety",
        "tls-cert",
        "FILE",
        "",
        ["TLS 证书（PEM，含中间证书）", "TLS certificate (PEM, with those between)"],
        |d, v| {
            d.certificate = Some(v.into());
            Ok(())
        },
    ),
    row("safety", "tls-key", "FILE", "", ["证书的私钥（PEM）", "The certificate's key (PEM)"], |d, v| {
        d.key = Some(v.into());
        Ok(())
    }),
    row("safety", "behind-tls-proxy", "", "false", ["前面的代理负责加密", "A proxy in front of it encrypts"], |d, v| {
        switch(v).map(|yes| d.settings.behind_tls_proxy = yes)
    }),
    row(
        "safety",
        "plain-http",
        "",
        "false",
        ["明知不加密，仍让别的电脑访问", "Other machines may come in although nothing is encrypted"],
        |d, v| switch(v).map(|yes| d.plain_http = yes),
    ),
    row("limits", "workers", "N", "", ["同时处理几份（默认处理器个数）", "Jobs at once [default: one a core]"], |d, v| {
        count(v).map(|n| d.settings.workers = n)
    }),
    row(
        "limits",
        "queue",
        "N",
        "64",
        ["另有几份可以排队，再多的请稍后再来（429）", "Jobs that may wait; the next is told to come back (429)"],
        |d, v| count(v).map(|n| d.settings.queue = n),
    ),
    row("limits", "patience", "TIME", "10s", ["排队最久多长", "The longest wait for a turn"], |d, v| {
        duration(v).map(|time| d.settings.patience = time)
    }),
    row(
        "limits",
        "body-limit",
        "BYTES",
        "96MiB",
        ["一个请求最大多少（上传批处理除外）", "The largest request, uploads of batches apart"],
        |d, v| some_bytes(v).map(|n| d.settings.body_limit = usize::try_from(n).unwrap_or(usize::MAX)),
    ),
    row(
        "limits",
        "body-memory",
        "BYTES",
        "256MiB",
        ["所有请求的内容一共占多少内存", "Memory for the bodies of all requests together"],
        |d, v| some_bytes(v).map(|n| d.settings.body_memory = usize::try_from(n).unwrap_or(usize::MAX)),
    ),
    row("limits", "upload-limit", "BYTES", "1GiB", ["一批上传最大多少", "The largest upload of a batch"], |d, v| {
        some_bytes(v).map(|n| d.settings.upload_limit = n)
    }),
    row(
        "limits",
        "connections",
        "N",
        "4096",
        ["最多多少个连接；满了就断开等得最久的", "The most connections; beyond it the one that has idled longest goes"],
        |d, v| count(v).map(|n| d.settings.connections = n),
    ),
    row(
        "limits",
        "head-limit",
        "BYTES",
        "64KiB",
        ["请求头最大多少，至少 8KiB", "The largest head of a request, at least 8KiB"],
        |d, v| {
            let n = bytes(v)?;
            let wrong = || Message::new("应在 8KiB 和 1MiB 之间", "it should be between 8KiB and 1MiB");
            let n = usize::try_from(n).ok().filter(|n| (8 << 10..=1 << 20).contains(n)).ok_or_else(wrong)?;
            d.settings.head_limit = n;
            Ok(())
        },
    ),
    row("limits", "head-count", "N", "100", ["请求头最多多少行", "The most headers of a request"], |d, v| {
        count(v).map(|n| d.settings.head_count = n)
    }),
    row("limits", "head-time", "TIME", "5s", ["请求头要在多久内传完", "The time for the head of a request"], |d, v| {
        some_time(v).map(|time| d.settings.head_time = time)
    }),
    row(
        "limits",
        "idle-time",
        "TIME",
        "75s",
        ["空闲的连接保留多久（要比代理的长）", "How long an idle connection is kept (longer than a proxy keeps it)"],
        |d, v| some_time(v).map(|time| d.settings.idle_time = time),
    ),
    row("limits", "body-pause", "TIME", "10s", ["上传时最长停顿", "The longest pause within an upload"], |d, v| {
        some_time(v).map(|time| d.settings.body_pause = time)
    }),
    row(
        "limits",
        "body-time",
        "TIME",
        "60s",
        ["上传最长多久，另按 body-rate 加时", "The time for an upload, besides what body-rate allows"],
        |d, v| some_time(v).map(|time| d.settings.body_time = time),
    ),
    row("limits", "body-rate", "BYTES", "64KiB", ["上传每秒至少多少", "Bytes a second that an upload must reach"], |d, v| {
        bytes(v).map(|n| d.settings.body_rate = n.max(1))
    }),
    row("limits", "answer-time", "TIME", "120s", ["一个请求最长处理多久", "The longest time until an answer"], |d, v| {
        some_time(v).map(|time| d.settings.answer_time = time)
    }),
    row(
        "limits",
        "send-pause",
        "TIME",
        "30s",
        ["对方不接收时最长等多久", "How long a client may take nothing of an answer"],
        |d, v| some_time(v).map(|time| d.settings.send_pause = time),
    ),
    row(
        "limits",
        "connection-life",
        "TIME",
        "10m",
        ["一个连接用多久后换新的", "After how long a connection takes no further request"],
        |d, v| some_time(v).map(|time| d.settings.connection_life = time),
    ),
    row(
        "batches",
        "folder",
        "DIR",
        "",
        [
            "批处理存放在哪里（默认 $STATE_DIRECTORY、$XDG_STATE_HOME/formwright 或 ~/.local/state/formwright）；别人不得能看",
            "Where batches are kept [default: $STATE_DIRECTORY, $XDG_STATE_HOME/formwright or ~/.local/state/formwright]; others must not be able to look into it",
        ],
        |d, v| {
            d.folder = Some(v.into());
            Ok(())
        },
    ),
    row(
        "batches",
        "keep",
        "TIME",
        "7d",
        [
            "最后一次制作或改动后保留多久，到时自动删除",
            "How long a batch is kept after it was last made or put right; then it goes by itself",
        ],
        |d, v| some_time(v).map(|time| d.settings.keep = time),
    ),
    row(
        "batches",
        "disk-reserve",
        "BYTES",
        "256MiB",
        ["磁盘剩得比这少，/readyz 就报 503（未就绪）", "With less room on the disk the service is not ready (/readyz says 503)"],
        |d, v| bytes(v).map(|n| d.settings.disk_reserve = n),
    ),
    row(
        "operation",
        "log",
        "KIND",
        "json",
        ["日志：json、text 或 off，写到标准错误；不含任何个人信息", "Log: json, text or off, on standard error; it holds no personal data"],
        |d, v| {
            let wrong = || Message::new("应是 json、text 或 off", "it should be json, text or off");
            d.settings.log = match v.trim() {
                "json" => LogKind::Json,
                "text" => LogKind::Text,
                "off" => LogKind::Off,
                _ => return Err(wrong()),
            };
            Ok(())
        },
    ),
    row(
        "operation",
        "drain",
        "TIME",
        "30s",
        ["停止时最多等正在处理的多久", "How long what is under way may take to finish at a stop"],
        |d, v| duration(v).map(|time| d.settings.drain = time),
    ),
    of_program(row("operation", "templates", "DIR", "", ["模板文件夹", "Folder of templates"], |d, v| {
        d.templates = Some(v.into());
        Ok(())
    })),
    many(of_program(row("operation", "fonts", "DIR", "", ["字体文件夹", "Folder of fonts"], |d, v| {
        d.fonts.push(v.into());
        Ok(())
    }))),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::settings::Settings;

    #[test]
    fn the_help_names_the_defaults_that_hold() {
        let mut draft = Draft::default();
        let named = SETTINGS.iter().filter(|setting| !setting.default.is_empty());
        let wrong: Vec<&str> =
            named.filter(|setting| (setting.set)(&mut draft, setting.default).is_err()).map(|setting| setting.name).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(format!("{:?}", draft.settings), format!("{:?}", Settings::default()));
        assert!(!draft.plain_http);
    }

    #[test]
    fn every_setting_has_its_own_name_and_a_group() {
        let names: std::collections::BTreeSet<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
        assert_eq!(names.len(), SETTINGS.len());
        for setting in SETTINGS {
            assert!(GROUPS.iter().any(|(key, _)| *key == setting.group), "{}", setting.name);
            assert!(!setting.zh.is_empty() && !setting.en.is_empty(), "{}", setting.name);
        }
    }
}
