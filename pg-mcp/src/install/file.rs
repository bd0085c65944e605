//! A client's file, read whole and replaced whole.
//!
//! Invariant: at no moment is there half a file, and a link stays a link.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The file's text; `None` where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<String>, String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

/// Replaces the file, which keeps its permissions; makes it, and its folder, where there is none.
pub(super) fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed =
        |error: io::Error| format!("{} cannot be written, and is as it was: {error}", path.display());
    // The file that a link leads to is the one to replace.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    fs::create_dir_all(&folder).map_err(failed)?;
    let name = target.file_name().ok_or_else(|| format!("{} names no file", path.display()))?;
    let mut draft_name = name.to_owned();
    draft_name.push(format!(".{}.new", std::process::id()));
    let draft = folder.join(draft_name);
    let written = (|| {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&draft)?;
        if let Ok(there) = fs::metadata(&target) {
            file.set_permissions(there.permissions())?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &target)
    })();
    written.map_err(|error| {
        // It may not have been made at all.
        let _gone = fs::remove_file(&draft);
        failed(error)
    })
}
