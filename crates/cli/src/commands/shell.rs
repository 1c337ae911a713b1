//! What shells want to know of the program: completions, and manual pages.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::print;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct CompletionOptions {
    /// The shell.
    pub shell: Shell,
}

#[derive(Args, Debug)]
pub struct ManualOptions {
    /// Where the pages go, one for each verb: `meanfield.1`, `meanfield-run.1`, …
    pub folder: PathBuf,
}

/// Prints the completions of a shell.
pub fn completions(mut program: Command, options: &CompletionOptions) -> Result<Verdict, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut program, "meanfield", &mut script);
    print::result(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Verdict::Holds)
}

/// Writes the manual pages into a folder.
pub fn manual(program: Command, options: &ManualOptions) -> Result<Verdict, Failure> {
    let folder = &options.folder;
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    clap_mangen::generate_to(program, folder).map_err(|error| unwritable(folder, &error))?;
    print::result(folder.display())?;
    Ok(Verdict::Holds)
}

fn unwritable(folder: &Path, error: &std::io::Error) -> Failure {
    let text = format!("manual pages cannot be written to {}: {error}", folder.display());
    Failure::input(text, "choose another folder")
}
