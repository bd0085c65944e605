//! Finding libclang, which the build of the SQL parser (`pg_query`, by bindgen) loads.
//!
//! Separate because it is a need of the build alone. Invariant: where a [`Libclang`] is given, the build finds it
//! with the variables that it names, and finds the C compiler's own headers too.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;

/// A libclang on this machine and what the build must be told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Libclang {
    folder: PathBuf,
    /// The build's own search finds it.
    on_search_path: bool,
    headers: Option<PathBuf>,
}

impl Libclang {
    /// Looks where `LIBCLANG_PATH` points, in the folders that the build searches, then in `unpacked`.
    pub fn find(variable: &dyn Fn(&str) -> Option<OsString>, unpacked: &Path) -> Option<Self> {
        if let Some(named) = variable("LIBCLANG_PATH").map(PathBuf::from) {
            let folder = if named.is_file() { named.parent()?.to_owned() } else { named };
            // A shell that has read the set-up's own variables names the unpacked one.
            return Self::in_folder(&folder, folder != unpacked);
        }
        system_folders()
            .into_iter()
            .find_map(|folder| Self::in_folder(&folder, true))
            .or_else(|| Self::in_folder(unpacked, false))
    }

    fn in_folder(folder: &Path, on_search_path: bool) -> Option<Self> {
        holds_libclang(folder).then(|| Self {
            folder: folder.to_owned(),
            on_search_path,
            headers: if has_own_headers(folder) { None } else { compiler_headers() },
        })
    }

    /// Gives the folder that holds the library.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives the variables that a build needs; none where libclang was installed by a package of the system.
    ///
    /// `BINDGEN_EXTRA_CLANG_ARGS` is left alone where the caller has set it to something else.
    pub fn variables(&self, variable: &dyn Fn(&str) -> Option<OsString>) -> Vec<(&'static str, OsString)> {
        let mut variables = Vec::new();
        if !self.on_search_path {
            variables.push(("LIBCLANG_PATH", self.folder.clone().into_os_string()));
        }
        if let Some(headers) = &self.headers {
            let mut argument = OsString::from("-I");
            argument.push(headers);
            if variable("BINDGEN_EXTRA_CLANG_ARGS").is_none_or(|set| set == argument) {
                variables.push(("BINDGEN_EXTRA_CLANG_ARGS", argument));
            }
        }
        variables
    }
}

fn system_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, prefix, suffix) in [
        ("/usr/lib", "llvm-", "lib"),
        ("/usr/lib64", "llvm", "lib"),
        ("/usr/local", "llvm", "lib"),
        ("/opt/homebrew/opt", "llvm", "lib"),
        ("/usr/local/opt", "llvm", "lib"),
    ] {
        folders.extend(children(Path::new(parent), prefix).into_iter().map(|folder| folder.join(suffix)));
    }
    folders.extend(children(Path::new("/usr/lib"), "").into_iter().filter(|folder| {
        folder.file_name().is_some_and(|name| name.to_string_lossy().contains("-linux-gnu"))
    }));
    folders.extend(
        ["/usr/lib64", "/usr/lib", "/usr/local/lib", "/Library/Developer/CommandLineTools/usr/lib"]
            .map(PathBuf::from),
    );
    folders
}

fn children(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found.reverse();
    found
}

fn holds_libclang(folder: &Path) -> bool {
    children(folder, "libclang").iter().any(|path| {
        path.file_name().is_some_and(|name| is_libclang(&name.to_string_lossy())) && path.is_file()
    })
}

fn is_libclang(name: &str) -> bool {
    let shared = name.ends_with(".so") || name.contains(".so.") || name.ends_with(".dylib");
    let rest = name.strip_prefix("libclang").unwrap_or_default();
    // libclang-cpp is another library.
    shared && (rest.starts_with('.') || rest.starts_with("-1") || rest.starts_with("-2"))
}

/// Says whether clang's own headers (`stdbool.h` and the like) lie where this libclang looks for them.
fn has_own_headers(folder: &Path) -> bool {
    let found = |folder: &Path| {
        children(&folder.join("clang"), "").iter().any(|version| version.join("include/stdbool.h").is_file())
    };
    // Debian's /usr/lib/<triple> holds links to /usr/lib/llvm-*/lib.
    found(folder) || children(Path::new("/usr/lib"), "llvm-").iter().any(|llvm| found(&llvm.join("lib")))
}

/// Asks the C compiler for the folder of its own headers, which serve where clang's are missing.
fn compiler_headers() -> Option<PathBuf> {
    let answer = command::output(Command::new("cc").arg("-print-file-name=include")).ok()?;
    let folder = PathBuf::from(answer.trim());
    folder.is_absolute().then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_library_from_its_neighbours() {
        for name in ["libclang.so", "libclang-14.so.1", "libclang.so.18", "libclang-19.so", "libclang.dylib"]
        {
            assert!(is_libclang(name), "{name}");
        }
        for name in ["libclang-cpp.so.14", "libclangAST.a", "libclang-14.a", "libclang_rt.so"] {
            assert!(!is_libclang(name), "{name}");
        }
    }

    #[test]
    fn shell_that_read_the_variables_is_given_them_again() {
        let folder = std::env::temp_dir().join(format!("libclang-again-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("libclang.so"), "").unwrap();
        let named = |name: &str| (name == "LIBCLANG_PATH").then(|| folder.clone().into_os_string());
        let again = Libclang::find(&named, &folder).unwrap().variables(&named);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(again.first(), Some(&("LIBCLANG_PATH", folder.into_os_string())));
    }

    #[test]
    fn unpacked_library_needs_its_variable_and_an_installed_one_does_not() {
        let folder = std::env::temp_dir().join(format!("libclang-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("libclang.so"), "").unwrap();
        let unpacked = Libclang::in_folder(&folder, false).unwrap();
        let installed = Libclang::in_folder(&folder, true).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let set = |_: &str| Some(OsString::new());
        assert_eq!(unpacked.variables(&set), [("LIBCLANG_PATH", folder.into_os_string())]);
        assert_eq!(installed.variables(&set), []);
    }
}
