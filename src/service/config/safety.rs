//! Whether it is safe to start so: what is wrong, and what exactly to add.

use super::Draft;
use crate::diag::{Diagnostic, Diagnostics, Message, Place};

/// Nobody but this machine may come in unless it is said who, and how what they send is hidden from others.
pub fn judge(draft: &Draft, wrong: &mut Diagnostics, warnings: &mut Diagnostics) {
    let settings = &draft.settings;
    let place = || Place::File { file: format!("--listen {}", settings.listen) };
    for network in settings.trusted_proxies.iter().filter(|network| network.prefix_len() == 0) {
        let message = Message::new(
            format!("{network} 是所有地址：谁都能冒充别人"),
            format!("{network} is every address: anybody could say they are anybody"),
        );
        let help = Message::new("只写代理自己的地址，如 10.0.0.5/32", "name the proxy's own address only, such as 10.0.0.5/32");
        wrong.push(Diagnostic::error("network-too-wide", Place::File { file: "--trusted-proxy".to_owned() }, message).with_help(help));
    }
    if settings.listen.ip().is_loopback() {
        return;
    }
    // Named files that cannot be read were told already.
    let known = settings.keys.is_some() || draft.keys.is_some() || !settings.trusted_proxies.is_empty();
    if !known {
        let message =
            Message::new("这个地址别的电脑也能访问，但没有规定谁可以用", "other machines reach this address, and nothing says who may ask");
        let help = Message::new(
            "加上 --keys 文件（用 formwright serve --new-key 名字 生成），或 --trusted-proxy 代理的地址",
            "add --keys FILE (formwright serve --new-key NAME makes its lines), or --trusted-proxy ADDRESS of a proxy that says who asks",
        );
        wrong.push(Diagnostic::error("no-keys", place(), message).with_help(help));
    }
    let hidden = settings.tls.is_some() || draft.certificate.is_some() || draft.key.is_some();
    if !hidden && !settings.behind_tls_proxy && !draft.plain_http {
        let message = Message::new(
            "这个地址别的电脑也能访问，但内容会不加密地传送",
            "other machines reach this address, and everything would be sent in the clear",
        );
        let help = Message::new(
            "加上 --tls-cert 证书 --tls-key 私钥；前面有加密的代理则加 --behind-tls-proxy；确实不加密则加 --plain-http",
            "add --tls-cert FILE --tls-key FILE; with an encrypting proxy in front of it --behind-tls-proxy; to send in the clear all the same, --plain-http",
        );
        wrong.push(Diagnostic::error("no-tls", place(), message).with_help(help));
    }
    if draft.plain_http && !hidden && !settings.behind_tls_proxy {
        let message = Message::new("个人信息和钥匙会不加密地传送", "records of people and keys are sent in the clear");
        warnings.push(Diagnostic::warning("plain-http", place(), message));
    }
    if settings.hosts.is_empty() {
        let message = Message::new("浏览器只能用地址访问，不能用名字", "browsers can call it by its address only, not by a name");
        let help = Message::new("用 --host 名字 写上它的名字", "say by which with --host NAME");
        warnings.push(Diagnostic::warning("no-host", place(), message).with_help(help));
    }
}
