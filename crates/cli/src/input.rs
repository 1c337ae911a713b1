//! Reading what the user named: a scenario file, a record.

use std::path::Path;

use meanfield_compare::comparison::Comparison;
use meanfield_compare::judge;
use meanfield_figure::{Content, Over};
use meanfield_files::text;
use meanfield_run::claim::Claim;
use meanfield_run::quantities;
use meanfield_run::record::Record;
use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::stated::{Figure, OverName};
use meanfield_scenario::{Scenario, load};
use meanfield_store as store;
use meanfield_store::StoreError;

use crate::arguments::Source;
use crate::failure::Failure;
use crate::unsealed;

/// Longest scenario that is read, in bytes.
const LONGEST_SCENARIO: u64 = 16 << 20;
/// What to give where a record is asked for.
pub const A_RECORD: &str = "write the path of a record.h5 that `meanfield run` has finished";

/// Reads and checks the scenario of a command line; of its systems only those without dynamics if `landscape_only`.
pub fn scenario(source: &Source, landscape_only: bool) -> Result<Scenario, Failure> {
    read(source, Overrides { landscape_only, ..Overrides::default() })
}

/// The same of what is only looked at: a scenario with more points than a run may have is one for sweeps.
pub fn of_any_verb(source: &Source) -> Result<Scenario, Failure> {
    read(source, Overrides { either: true, ..Overrides::default() })
}

/// The same for a sweep over keys, each with its values.
pub fn sweep(source: &Source, vary: &[String]) -> Result<Scenario, Failure> {
    let key = |assignment: &String| assignment.split('=').next().unwrap_or_default().trim().to_owned();
    for (i, own) in vary.iter().map(key).enumerate() {
        let again = vary[..i].iter().chain(&source.set).any(|other| key(other) == own);
        if again {
            return Err(Failure::input(
                format!("{own} is given twice"),
                "write its values once: --vary key=1,2,3",
            ));
        }
    }
    let set = vary.iter().map(|vary| varied(vary)).collect::<Result<_, _>>()?;
    let scenario = read(source, Overrides { sweep: true, set, ..Overrides::default() })?;
    if scenario.points.len() < 2 {
        let help = "write e.g. --vary model.data.isotropic-gaussians.separation=0.1..0.9:9";
        return Err(Failure::input("a sweep varies at least one key, over two values or more", help));
    }
    Ok(scenario)
}

/// `key=1,2,3` as what overrides say: `vary.key=[1,2,3]`.
fn varied(vary: &str) -> Result<String, Failure> {
    let Some((key, values)) = vary.split_once('=') else {
        let help = "write --vary key=values, e.g. --vary model.initial.gaussian.scale=0.1,0.4";
        return Err(Failure::input(format!("--vary {vary} has no `=`"), help));
    };
    let is_list = !values.contains("..") && !values.trim_start().starts_with('[');
    Ok(format!("vary.{}={}", key.trim(), if is_list { format!("[{values}]") } else { values.to_owned() }))
}

fn read(source: &Source, overrides: Overrides) -> Result<Scenario, Failure> {
    let name = source.scenario.display().to_string();
    let text = text(&source.scenario, LONGEST_SCENARIO).map_err(|error| {
        Failure::input(
            format!("the scenario {name} cannot be read: {error}"),
            "write the path of a TOML file, e.g. scenarios/isotropic/figure-1.toml",
        )
    })?;
    let refine = source.refine.then(|| "refinement=true".to_owned());
    let set = source.set.iter().cloned().chain(refine).chain(overrides.set).collect();
    let overrides = Overrides { quick: source.quick, set, ..overrides };
    Ok(load(&name, &text, &overrides, &quantities::in_claims())?)
}

/// How the figures are to be drawn.
pub fn content<'a>(
    title: &'a str,
    records: &'a [Record],
    comparison: Option<&'a Comparison>,
    stated: Option<&'a Figure>,
) -> Content<'a> {
    let over = match stated.map(|figure| figure.over) {
        Some(OverName::Step) => Over::Step,
        Some(OverName::Time) | None => Over::Time,
    };
    Content { title, records, comparison, inset: stated.map_or(&[], Figure::insets), over }
}

/// A record, with the comparison that its scenario states.
pub struct Recorded {
    /// Root attributes.
    pub header: store::Header,
    /// One a system.
    pub records: Vec<Record>,
    /// Where the scenario names a reference.
    pub comparison: Option<Comparison>,
    /// How its figures are drawn, where the scenario says so.
    pub figure: Option<Figure>,
}

/// Reads a record and compares again what its scenario says.
pub fn record(path: &Path) -> Result<Recorded, Failure> {
    let (header, records) = match store::read(path) {
        Err(StoreError::Unsealed { .. }) => unsealed::read(path)?,
        read => read.map_err(|error| Failure::input(error.to_string(), A_RECORD))?,
    };
    let name = format!("the scenario in {}", path.display());
    let stated = meanfield_scenario::stated(&name, &header.scenario)?;
    let comparison =
        compare(stated.reference().as_deref(), &stated.claims(), &records).map_err(|failure| {
            Failure { status: 2, ..failure } // it is the record that is to blame
        })?;
    Ok(Recorded { header, records, comparison, figure: stated.figure().cloned() })
}

/// The comparison that a scenario states.
pub fn compare(
    reference: Option<&str>,
    claims: &[Claim],
    records: &[Record],
) -> Result<Option<Comparison>, Failure> {
    let Some(reference) = reference else { return Ok(None) };
    let compared = judge::compare(records, reference, claims);
    compared.map(Some).map_err(|error| Failure::run(error.to_string()))
}
