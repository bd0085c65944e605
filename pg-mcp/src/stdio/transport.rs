//! The MCP library's transport over two byte streams, a message a line. Ours, because the library's own passes malformed
//! lines over without a word, drops a last line without its end, and takes a stray notification before the first request
//! as a reason to quit.
//!
//! Invariant: whatever a line holds, the next one is read; a line of output is written whole or not at all.

use std::{io, sync::Arc};

use rmcp::{
    RoleServer,
    model::{ClientJsonRpcMessage, ClientRequest, GetMeta, JsonRpcMessage, ProtocolVersion},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    sync::Mutex,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{
    lines::{Line, Lines},
    message::{self, Parsed},
};

/// The longest line that is read, in bytes.
pub(crate) const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

/// Messages over a pair of byte streams.
pub(crate) struct LineTransport<R, W> {
    lines: Lines<R>,
    output: Arc<Mutex<W>>,
    answering: Option<JoinHandle<()>>,
    begun: bool,
    ends: Ends,
}

/// What has come to its end, each fired once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ends {
    /// The input: nothing more is asked.
    pub(crate) input: CancellationToken,
    /// The output: nothing that is written is read.
    pub(crate) output: CancellationToken,
}

impl<R, W> LineTransport<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    /// Messages from `input`, and to `output`.
    pub(crate) fn new(input: R, output: W) -> Self {
        Self {
            lines: Lines::new(input, MAX_LINE_BYTES),
            output: Arc::new(Mutex::new(output)),
            answering: None,
            begun: false,
            ends: Ends::default(),
        }
    }

    /// Tells when the streams end.
    pub(crate) fn ends(&self) -> Ends {
        self.ends.clone()
    }

    /// Answers a line that is no message. One at a time, so that a flood of them waits for its reader.
    fn answer(&mut self, bytes: Vec<u8>) {
        let (output, ended) = (self.output.clone(), self.ends.output.clone());
        self.answering = Some(tokio::spawn(async move {
            let _ = write(&output, &ended, &bytes).await;
        }));
    }

    /// Whether the library can take this message: before the first request that opens a session it takes requests only.
    fn admits(&mut self, message: &ClientJsonRpcMessage) -> bool {
        if let JsonRpcMessage::Request(request) = message {
            self.begun |= match &request.request {
                ClientRequest::InitializeRequest(_) => true,
                ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
                other => {
                    let meta = other.get_meta();
                    let version = meta.protocol_version();
                    meta.missing_required_keys(&ProtocolVersion::V_2026_07_28).is_empty()
                        && version.is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version))
                }
            };
            return true;
        }
        self.begun
    }
}

async fn write(
    output: &Mutex<impl AsyncWrite + Unpin>,
    ended: &CancellationToken,
    bytes: &[u8],
) -> io::Result<()> {
    let mut output = output.lock().await;
    let written = async {
        output.write_all(bytes).await?;
        output.flush().await
    };
    written.await.inspect_err(|error| {
        tracing::debug!(%error, "an answer could not be written");
        ended.cancel();
    })
}

impl<R, W> Transport<RoleServer> for LineTransport<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let (output, ended) = (self.output.clone(), self.ends.output.clone());
        async move {
            let mut bytes = serde_json::to_vec(&message)?;
            bytes.push(b'\n');
            write(&output, &ended, &bytes).await
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(answering) = &mut self.answering {
                // Polled by reference and kept until done, so that being dropped here loses nothing.
                let _ = answering.await;
                self.answering = None;
            }
            match self.lines.next().await {
                Ok(Line::Whole) => match message::parse(self.lines.text()) {
                    Parsed::Message(message) => {
                        if self.admits(&message) {
                            return Some(*message);
                        }
                        tracing::debug!("a message before the first request was passed over");
                    }
                    Parsed::Nothing => {}
                    Parsed::Answer(bytes) => self.answer(bytes),
                },
                Ok(Line::TooLong) => self.answer(message::too_long(MAX_LINE_BYTES)),
                Ok(Line::End) => break,
                Err(error) => {
                    tracing::warn!(%error, "standard input could not be read");
                    break;
                }
            }
        }
        self.ends.input.cancel();
        None
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.lock().await.flush().await
    }
}
