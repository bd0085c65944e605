//! A private HAProxy in front of several servers of one service, gone with its starter.
//!
//! Separate because only the tests of several processes need one. Invariant: it listens on a free loopback port.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cluster::{free_port, make_folder};
use crate::command::{is_program, on_path};
use crate::error::{Doing, Error};
use crate::guard::{Guard, Signal};
use crate::running::Running;

const START_LIMIT: Duration = Duration::from_secs(20);

/// Finds the program, which Debian puts where only administrators look.
pub fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH");
    on_path("haproxy", path.as_deref())
        .or_else(|| Some(PathBuf::from("/usr/sbin/haproxy")).filter(|program| is_program(program)))
}

/// A running HAProxy.
#[derive(Debug)]
pub struct HaProxy {
    folder: PathBuf,
    port: u16,
    process: Option<Running>,
}

impl HaProxy {
    /// Starts one that hands requests to these servers, `balance` being how it chooses, such as `roundrobin`.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(
        program: &Path,
        servers: &[SocketAddr],
        balance: &str,
        guard: &Guard,
    ) -> Result<Self, Error> {
        let folder = make_folder(None)?;
        guard.remove(&folder)?;
        let port = free_port()?;
        let servers: String = servers
            .iter()
            .enumerate()
            .map(|(number, address)| format!("    server s{number} {address}\n"))
            .collect();
        let configuration = format!(
            "defaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n\
             frontend here\n    bind 127.0.0.1:{port}\n    default_backend all\n\
             backend all\n    balance {balance}\n{servers}"
        );
        let path = folder.join("haproxy.cfg");
        fs::write(&path, configuration).doing(|| format!("writing {}", path.display()))?;
        let mut command = Command::new(program);
        command.arg("-db").arg("-f").arg(&path);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Running::start(&mut command, guard, Signal::Terminate)?;
        let is_ready = process.wait_for_port(port, START_LIMIT);
        let proxy = Self { folder, port, process: Some(process) };
        if is_ready { Ok(proxy) } else { Err(Error::new("HAProxy did not become ready")) }
    }

    /// Gives the port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for HaProxy {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            // Where this fails the guard still stands behind it, and a drop has nobody to tell.
            let _ = process.end(Signal::Terminate);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
