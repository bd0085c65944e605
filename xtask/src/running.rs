//! A server process that a task has started and the guard watches.
//!
//! Separate because two things must never be forgotten about such a process: the guard has to know of it, and
//! somebody has to reap it as soon as it ends, since an ended process that nobody reaped looks alive to the guard.

use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::command;
use crate::error::{Doing, Error};
use crate::guard::{Guard, Signal};

/// A running server process.
#[derive(Debug)]
pub struct Running {
    pid: u32,
    guard: Guard,
    reaper: JoinHandle<std::io::Result<ExitStatus>>,
}

impl Running {
    /// Starts a program that the guard ends by `signal` when the task is gone.
    ///
    /// # Errors
    /// The program cannot be started, or the guard is gone.
    pub fn start(command: &mut Command, guard: &Guard, signal: Signal) -> Result<Self, Error> {
        // Ctrl-C at the terminal is for the task; the guard ends the server after it.
        let spawned = command.process_group(0).spawn();
        let mut process = spawned.doing(|| format!("cannot start `{}`", command::line(command)))?;
        let pid = process.id();
        let reaper = std::thread::spawn(move || process.wait());
        guard.watch(signal, pid)?;
        Ok(Self { pid, guard: guard.clone(), reaper })
    }

    /// Says whether the process has ended by itself.
    pub fn has_ended(&self) -> bool {
        self.reaper.is_finished()
    }

    /// Waits until something listens on this port of 127.0.0.1; says no where the process ended before, or it took too long.
    pub fn wait_for_port(&self, port: u16, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if self.has_ended() || Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// Sends a signal and waits for the process to end.
    ///
    /// # Errors
    /// The signal cannot be sent, or the guard is gone.
    pub fn end(self, signal: Signal) -> Result<ExitStatus, Error> {
        if !self.has_ended() {
            signal.send(self.pid)?;
        }
        self.wait()
    }

    /// Waits for the process to end.
    ///
    /// # Errors
    /// The process cannot be waited for, or the guard is gone.
    pub fn wait(self) -> Result<ExitStatus, Error> {
        let status = self
            .reaper
            .join()
            .map_err(|_| Error::new("the thread that waits for a server has panicked"))?
            .doing(|| "waiting for a server to end".to_owned())?;
        self.guard.forget(self.pid)?;
        Ok(status)
    }
}
