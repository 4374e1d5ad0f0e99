//! Certificate and key.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::diag::Message;

/// How connections are encrypted: TLS 1.2 or 1.3, HTTP/1.1 over it.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    /// From a file with the certificate, and those it stands on, and a file with its key, both PEM.
    ///
    /// The message says which of the two files cannot be taken; it never has a line of the key.
    pub fn load(certificate: &Path, key: &Path) -> Result<Tls, Message> {
        let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| {
            Message::new(
                format!("读不了证书文件 {}：应是 PEM 格式，先是服务器证书，后是中间证书", certificate.display()),
                format!(
                    "cannot read the certificate {}: it should be PEM, the server's own first, then those between",
                    certificate.display()
                ),
            )
        })?;
        let key_der = PrivateKeyDer::from_pem_file(key).map_err(|_| {
            Message::new(
                format!("读不了私钥文件 {}：应是不加密的 PEM（PKCS#8、PKCS#1 或 SEC1）", key.display()),
                format!("cannot read the key {}: it should be PEM without a password (PKCS#8, PKCS#1 or SEC1)", key.display()),
            )
        })?;
        let fits = |error: tokio_rustls::rustls::Error| {
            Message::new(
                format!("证书和私钥不能用（{error}）：请核对二者是不是一对"),
                format!("certificate and key cannot be used ({error}): see whether they belong together"),
            )
        };
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_protocol_versions(&[&TLS13, &TLS12]);
        let mut config = builder.map_err(fits)?.with_no_client_auth().with_single_cert(chain, key_der).map_err(fits)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls(Arc::new(config)))
    }

    /// What shakes hands.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Tls")
    }
}
