//! `meanfield new`: a commented scenario to begin with, one for each family.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::print;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct NewOptions {
    /// What the scenario is about.
    pub family: Family,
    /// The file; default: the family's name with `.toml`. It must not be there.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// A family of scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Family {
    /// Two layers on isotropic Gaussian classes: one radius.
    Isotropic,
    /// Two layers on classes that differ in some directions: two radii.
    Anisotropic,
    /// The same with noise and a ridge, and where it ends.
    Noisy,
    /// Two layers on Gaussian classes with means and scales of their own.
    Classes,
    /// Two layers that learn a target in one direction or a few.
    Targets,
    /// Two layers on a finite set of your own points.
    Tables,
    /// Networks of any depth on your own points.
    Layers,
    /// Residual networks on your own points.
    Residual,
    /// Exponents: how far networks are from their limit, over width and step.
    Laboratory,
}

impl Family {
    fn template(self) -> &'static str {
        match self {
            Self::Isotropic => include_str!("../../templates/isotropic.toml"),
            Self::Anisotropic => include_str!("../../templates/anisotropic.toml"),
            Self::Noisy => include_str!("../../templates/noisy.toml"),
            Self::Classes => include_str!("../../templates/classes.toml"),
            Self::Targets => include_str!("../../templates/targets.toml"),
            Self::Tables => include_str!("../../templates/tables.toml"),
            Self::Layers => include_str!("../../templates/layers.toml"),
            Self::Residual => include_str!("../../templates/residual.toml"),
            Self::Laboratory => include_str!("../../templates/laboratory.toml"),
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// The verb.
pub fn new(options: &NewOptions) -> Result<Verdict, Failure> {
    let file = options.output.clone().unwrap_or_else(|| format!("{}.toml", options.family.name()).into());
    let place = file.display();
    let elsewhere = "choose another file: --output FILE";
    match file.symlink_metadata() {
        Ok(_) => return Err(Failure::input(format!("{place} is there already"), elsewhere)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Failure::input(format!("{place} cannot be written: {error}"), elsewhere)),
    }
    meanfield::write_file(&file, options.family.template().as_bytes())
        .map_err(|error| Failure::input(format!("{place} cannot be written: {error}"), elsewhere))?;
    print::result(&place)?;
    print::note(format!("what it costs: meanfield check {place}; in seconds: meanfield run {place} --quick"));
    Ok(Verdict::Holds)
}
