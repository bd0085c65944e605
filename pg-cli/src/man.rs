//! `pg-cli man`: pages of the manual, made from the command line as it is.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use pg_core::Exit;

use crate::failure::Failure;
use crate::flags;

/// The subcommand.
pub(crate) const MAN: &str = "man";

/// Which pages, and where to.
#[derive(Debug)]
pub(crate) struct Wanted {
    folder: Option<PathBuf>,
    subcommand: Option<String>,
}

/// The subcommand, with its arguments.
pub(crate) fn command() -> Command {
    let folder = Arg::new("dir")
        .long("dir")
        .value_name("FOLDER")
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::DirPath)
        .help("Write the pages of all subcommands into a folder, such as ~/.local/share/man/man1");
    let subcommand = Arg::new("subcommand")
        .value_name("SUBCOMMAND")
        .conflicts_with("dir")
        .help("The page of a subcommand instead of the first page");
    let command = Command::new(MAN)
        .about("Print a page of the manual, or write all of them into a folder")
        .before_help("Examples:\n  pg-cli man query | man -l -\n  pg-cli man --dir ~/.local/share/man/man1")
        .args([subcommand, folder]);
    flags::add_to_subcommand(command).disable_help_flag(true)
}

/// What the words ask for.
pub(crate) fn read(matches: &ArgMatches) -> Wanted {
    Wanted {
        folder: matches.get_one("dir").cloned(),
        subcommand: matches.get_one::<String>("subcommand").cloned(),
    }
}

/// Writes the pages.
pub(crate) fn write(wanted: &Wanted) -> Result<Exit, Failure> {
    let mut program = crate::command().color(clap::ColorChoice::Never);
    program.build();
    if let Some(folder) = &wanted.folder {
        std::fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
        for (name, page) in pages(&program).map_err(|error| Failure::output(&error))? {
            let path = folder.join(name);
            std::fs::write(&path, page).map_err(|error| Failure::file("write", &path, &error))?;
        }
        return Ok(Exit::Ok);
    }
    let shown = match &wanted.subcommand {
        None => &program,
        Some(name) => program.find_subcommand(name).ok_or_else(|| {
            Failure::argument(format!("there is no subcommand `{name}`"), "see pg-cli --help")
        })?,
    };
    page(shown)
        .and_then(|page| io::stdout().lock().write_all(&page))
        .map_err(|error| Failure::output(&error))?;
    Ok(Exit::Ok)
}

/// Every page with the name of its file.
fn pages(program: &Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut found = vec![("pg-cli.1".to_owned(), page(program)?)];
    for subcommand in program.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        found.push((format!("pg-cli-{}.1", subcommand.get_name()), page(subcommand)?));
        for alias in subcommand.get_visible_aliases() {
            // As manuals have it: a page that names another.
            let other = format!(".so man1/pg-cli-{}.1\n", subcommand.get_name());
            found.push((format!("pg-cli-{alias}.1"), other.into_bytes()));
        }
    }
    Ok(found)
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    // Pages have sections: the examples, which help shows first, are one at the end of its text.
    let long = command.get_before_help().map(ToString::to_string).unwrap_or_default();
    let more = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let command = command.clone().after_help(format!("{long}\n\n{more}").trim().to_owned());
    let title = command.get_display_name().unwrap_or(command.get_name()).replace(' ', "-");
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command).title(title).manual("PostgreSQL toolkit").render(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subcommand_has_a_page_with_its_examples() {
        let mut program = crate::command();
        program.build();
        let pages = pages(&program).unwrap();
        let find = |name: &str| {
            let (_, page) = pages.iter().find(|(file, _)| file == name).unwrap();
            String::from_utf8(page.clone()).unwrap()
        };
        assert!(find("pg-cli.1").contains("Exit codes"));
        assert!(find("pg-cli-execute-query.1").contains("Examples:"), "{}", find("pg-cli-execute-query.1"));
        assert_eq!(find("pg-cli-query.1"), ".so man1/pg-cli-execute-query.1\n");
        assert!(pages.len() > program.get_subcommands().count());
    }
}
