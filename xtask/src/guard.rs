//! The guard: a small process that stops servers and removes folders when the task that started them is gone.
//!
//! Separate because a task cannot clean up after its own `kill -9`. The guard hears of that end, as of every
//! other, by the end of its input. Invariant: what was handed to a guard does not outlive its starter by more
//! than some seconds.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use crate::command;
use crate::error::{Doing, Error};

/// A running guard; clones order the same one about.
#[derive(Debug, Clone)]
pub struct Guard {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    orders: Option<ChildStdin>,
    process: Child,
}

/// The signal by which the guard ends a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ask it to end: for ordinary programs.
    Terminate,
    /// Throw away and end: what PostgreSQL calls an immediate shutdown.
    Quit,
    /// End sessions, keep data: what PostgreSQL calls a fast shutdown.
    Interrupt,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Quit => "QUIT",
            Self::Interrupt => "INT",
        }
    }

    /// Sends the signal to a process.
    ///
    /// # Errors
    /// There is no such process, or it belongs to somebody else.
    pub fn send(self, pid: u32) -> Result<(), Error> {
        // The shell's own `kill`: the program of that name is not on every machine.
        command::output(Command::new("sh").args([
            "-c",
            "kill -s \"$1\" -- \"$2\"",
            "sh",
            self.name(),
            &pid.to_string(),
        ]))
        .map(drop)
    }
}

impl Guard {
    /// Starts a guard.
    ///
    /// # Errors
    /// There is no `sh`.
    pub fn start() -> Result<Self, Error> {
        let mut process = Command::new("sh")
            .args(["-c", include_str!("guard.sh"), "guard"])
            .current_dir("/")
            // In a group of its own, Ctrl-C at the terminal does not reach it.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .doing(|| "starting the guard process".to_owned())?;
        let orders = process.stdin.take();
        Ok(Self { inner: Arc::new(Mutex::new(Inner { orders, process })) })
    }

    /// Has a process ended with this task, until [`Guard::forget`].
    ///
    /// # Errors
    /// The guard is gone.
    pub fn watch(&self, signal: Signal, pid: u32) -> Result<(), Error> {
        self.order(&format!("watch {}:{pid}\n", signal.name()))
    }

    /// Has a whole process group ended with this task, until [`Guard::forget_group`].
    ///
    /// # Errors
    /// The guard is gone.
    pub fn watch_group(&self, signal: Signal, leader: u32) -> Result<(), Error> {
        self.order(&format!("watch {}:-{leader}\n", signal.name()))
    }

    /// Takes back [`Guard::watch`] for a process that has ended: its number may be another's soon.
    ///
    /// # Errors
    /// The guard is gone.
    pub fn forget(&self, pid: u32) -> Result<(), Error> {
        self.order(&format!("forget {pid}\n"))
    }

    /// Takes back [`Guard::watch_group`].
    ///
    /// # Errors
    /// The guard is gone.
    pub fn forget_group(&self, leader: u32) -> Result<(), Error> {
        self.order(&format!("forget -{leader}\n"))
    }

    /// Has a folder removed when this task has ended.
    ///
    /// # Errors
    /// The guard is gone.
    pub fn remove(&self, folder: &Path) -> Result<(), Error> {
        self.order(&format!("remove {}\n", folder.display()))
    }

    /// Ends everything that is watched, removes the folders, and waits until that is done.
    pub fn end(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.orders = None;
        // The guard has nothing to say; a guard that cannot be waited for is gone, which is what is wanted.
        let _ = inner.process.wait();
    }

    fn order(&self, order: &str) -> Result<(), Error> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.orders.as_mut() {
            Some(orders) => {
                orders.write_all(order.as_bytes()).doing(|| "giving the guard an order".to_owned())
            }
            None => Err(Error::new("the guard has ended: this task is being stopped")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_what_it_watches_and_removes_the_folder() {
        let folder = std::env::temp_dir().join(format!("guard test {}", std::process::id()));
        std::fs::create_dir_all(folder.join("inner")).unwrap();
        let mut sleeper = Command::new("sleep").arg("600").spawn().unwrap();
        let mut group = Command::new("sh").args(["-c", "sleep 600; true"]).process_group(0).spawn().unwrap();
        let mut spared = Command::new("sleep").arg("600").spawn().unwrap();
        let guard = Guard::start().unwrap();
        guard.watch(Signal::Terminate, sleeper.id()).unwrap();
        guard.watch(Signal::Terminate, spared.id()).unwrap();
        guard.watch_group(Signal::Terminate, group.id()).unwrap();
        guard.forget(spared.id()).unwrap();
        guard.remove(&folder).unwrap();
        let reaper = std::thread::spawn(move || (sleeper.wait().unwrap(), group.wait().unwrap()));
        guard.end();
        let (sleeper, group) = reaper.join().unwrap();
        assert!(!sleeper.success() && !group.success());
        assert!(!folder.exists());
        assert!(spared.try_wait().unwrap().is_none(), "a forgotten process was ended");
        spared.kill().unwrap();
        spared.wait().unwrap();
        assert!(guard.remove(&folder).is_err(), "orders to an ended guard must be refused");
    }
}
