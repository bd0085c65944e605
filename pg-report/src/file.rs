//! Where the text of a report comes from: the configured folder by name, or a path where the caller may name files.
//!
//! Invariant: a caller who may not name files reaches files of the folder only, and no error tells where the folder is.

use std::path::Path;

use pg_core::{Call, Error, Service, closest};

use crate::Definition;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// A report that can be run.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) definition: Definition,
}

/// The report that a caller names.
pub(crate) fn find(call: &Call, given: &str) -> Result<Found, Error> {
    if call.has_local_files() && (given.contains(['/', '.']) || folder(call.service()).is_none()) {
        let path = Path::new(given);
        let text = text(path)
            .map_err(|problem| Error::argument(format!("the report {given} cannot be read: {problem}")))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(Found { name, definition: Definition::read(given, &text)? });
    }
    let names = names(call.service())?;
    if !names.iter().any(|name| name == given) {
        let nearest = closest(given, names.iter().map(String::as_str), 1);
        let instead = match nearest.first() {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if names.is_empty() => {
                "there are none: `folder` in [reports] of the configuration says where they are".to_owned()
            }
            None => format!("there are {}", names.join(", ")),
        };
        return Err(Error::argument(format!("there is no report `{given}`: {instead}")));
    }
    Ok(Found { name: given.to_owned(), definition: named(call.service(), given)? })
}

/// The report of the folder with this name.
pub(crate) fn named(service: &Service, name: &str) -> Result<Definition, Error> {
    let file = format!("{name}.toml");
    let path = folder(service).unwrap_or(Path::new("")).join(&file);
    let text = text(&path)
        .map_err(|problem| Error::argument(format!("the report `{name}` cannot be read: {problem}")))?;
    Definition::read(&file, &text)
}

/// The names of the reports of the folder, in order.
pub(crate) fn names(service: &Service) -> Result<Vec<String>, Error> {
    let Some(folder) = folder(service) else { return Ok(Vec::new()) };
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Error::argument(format!("the folder of the reports cannot be read: {error}")))?;
    let mut names: Vec<String> = entries.filter_map(|entry| name(&entry.ok()?.path())).collect();
    names.sort_unstable();
    Ok(names)
}

fn folder(service: &Service) -> Option<&Path> {
    service.reports().folder.as_deref()
}

/// The name of the report that a file is.
fn name(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let plain = stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let right = plain && path.extension().is_some_and(|extension| extension == "toml") && path.is_file();
    right.then(|| stem.to_owned())
}

fn text(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LONGEST {
        return Err(format!("it has {size} bytes, and a report has {LONGEST} at most"));
    }
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}
