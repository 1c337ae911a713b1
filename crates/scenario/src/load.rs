//! From the text of a scenario to one that was checked.

use meanfield_run::claim::{Claim, PowerLawClaim};
use meanfield_run::drive::Plan;
use meanfield_run::side_by_side::Job;

use crate::check;
use crate::complaints::Complaints;
use crate::cost::{self, Costs};
use crate::file::ScenarioFile;
use crate::from_record;
use crate::mistakes::{Mistake, Mistakes};
use crate::model::data::Data;
use crate::model::initial::InitialKind;
use crate::overrides::{self, Overrides, Resolved};
use crate::point::Point;
use crate::schema::Schema;
use crate::setting::Timing;
use crate::systems::kind::BuildError;
use crate::vary;

/// Longest text that is read, in bytes: no scenario that a person wrote comes near it, and those of results
/// hold no more than starts of half a million numbers.
const LONGEST: usize = 16 << 20;

/// A scenario that was checked: running it can still fail, reading it cannot.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scenario {
    /// The resolved file: overrides applied, defaults written out.
    pub file: ScenarioFile,
    /// The points to run: the file itself, or one scenario for each point of `[vary]`.
    pub points: Vec<Point>,
    /// Whether it is one for `meanfield sweep`, which records only the end of every point.
    pub swept: bool,
    /// The same as TOML; two scenarios are the same if this text is.
    pub resolved: String,
    /// The plan of observations.
    pub plan: Plan,
    /// Name of the reference system, where there is one.
    pub reference: Option<String>,
    /// The claims.
    pub claims: Vec<Claim>,
    /// The claims on exponents over varied keys.
    pub laws: Vec<PowerLawClaim>,
}

impl Scenario {
    /// The runs: one for each point, system and seed, and for each companion at half the resolution.
    ///
    /// # Errors
    /// Where a system cannot be built.
    pub fn build(&self) -> Result<Vec<Job>, BuildError> {
        let mut jobs = Vec::new();
        for point in &self.points {
            jobs.extend(point.jobs()?);
        }
        Ok(jobs)
    }

    /// Where its networks with layers leave the assumptions of the theory, in words, each once whatever the
    /// number of points. They are run all the same.
    pub fn departures(&self) -> Vec<String> {
        let mut found = Vec::new();
        for words in self.points.iter().flat_map(Point::departures) {
            if !found.contains(&words) {
                found.push(words);
            }
        }
        found
    }

    /// Expected CPU seconds of the runs at each point of a sweep. Of very many points none is looked at, and
    /// all count alike.
    pub fn seconds_of_points(&self) -> Vec<f64> {
        cost::seconds_of_points(&self.points)
    }

    /// Expected cost of `meanfield run`, or of `meanfield sweep` if it is to be `swept`.
    pub fn costs(&self) -> Costs<'_> {
        cost::costs(&self.points, self.swept, Timing::Measured)
    }

    /// Expected memory of the same, in bytes: nothing is timed.
    pub fn memory(&self) -> f64 {
        cost::costs(&self.points, self.swept, Timing::Constants).altogether().bytes
    }
}

/// Reads, overrides and checks a scenario. `name` is how messages call it.
///
/// # Errors
/// All mistakes that were found, each with its place.
pub fn load(name: &str, text: &str, overrides: &Overrides) -> Result<Scenario, Mistakes> {
    if text.len() > LONGEST {
        let message = format!("the file has {} bytes, and {LONGEST} are read at most", text.len());
        let help = "write long lists as ranges, e.g. \"0..10:101\" or \"log(1e-3..10:61)\"";
        return Err(Mistakes::of_text(name, "", vec![Mistake::general(message, Some(help.into()))]));
    }
    let schema = Schema::of_scenarios();
    let resolved = overrides::resolve(&schema, name, text, overrides)?;
    match parse(&schema, &resolved, overrides) {
        Ok(scenario) => Ok(scenario),
        Err(Wrong::Text(mistake)) => Err(Mistakes::of_text(name, &resolved.text, vec![mistake])),
        Err(Wrong::Keys(complaints)) => Err(complaints.located(name, &resolved.text, &resolved.typed)),
    }
}

/// Mistakes before they have their places.
enum Wrong {
    /// A mistake in the text as a whole.
    Text(Mistake),
    /// Complaints, each about a key.
    Keys(Complaints),
}

impl From<toml::de::Error> for Wrong {
    fn from(error: toml::de::Error) -> Self {
        Self::Text(Mistake::of_toml(&error))
    }
}

impl From<toml::ser::Error> for Wrong {
    fn from(error: toml::ser::Error) -> Self {
        Self::Text(Mistake::general(error.to_string(), None))
    }
}

/// The scenario of a text whose structure was checked.
fn parse(schema: &Schema, resolved: &Resolved, overrides: &Overrides) -> Result<Scenario, Wrong> {
    let mut document: toml::Table = toml::from_str(&resolved.text)?;
    let mut file = ScenarioFile::deserialize_from(document.clone()).map_err(Wrong::Text)?;
    file.quick = None;
    let mut complaints = Complaints::default();
    read_data(&mut file, &mut document, overrides, &mut complaints)?;
    read_start(&mut file, &mut document, overrides, &mut complaints)?;
    let swept = overrides.sweep || (overrides.either && vary::is_for_sweeps(schema, &document));
    let varied = vary::varied(schema, &document, swept, &mut complaints);
    if !complaints.is_empty() {
        return Err(Wrong::Keys(complaints));
    }
    let with_defaults = toml::Table::try_from(&file)?;
    let candidates = vary::points(schema, &document, &varied, &with_defaults, &file).map_err(Wrong::Text)?;
    let points = check::check(candidates, &varied, swept, overrides.finished).map_err(Wrong::Keys)?;
    Ok(Scenario {
        plan: if swept { file.plan_of_a_sweep() } else { file.plan() },
        reference: file.reference(),
        claims: file.claims(),
        laws: file.laws(),
        resolved: toml::to_string(&with_defaults)?,
        points,
        swept,
        file,
    })
}

/// Puts the points of a file in the place of its name, so that a scenario holds all that it is about.
fn read_data(
    file: &mut ScenarioFile,
    document: &mut toml::Table,
    overrides: &Overrides,
    complaints: &mut Complaints,
) -> Result<(), Wrong> {
    let Data::Csv(keys) = &file.model.data else { return Ok(()) };
    let folder = overrides.folder.clone().unwrap_or_default();
    match keys.read(&folder) {
        Ok(table) => {
            let data = toml::Table::try_from(Data::Table(table.clone()))?;
            put_into_model(document, "data", data);
            file.model.data = Data::Table(table);
        }
        Err(mistake) => {
            complaints.add(["model", "data", "csv", mistake.key], mistake.message, &mistake.help);
        }
    }
    Ok(())
}

/// Puts what another run left in the place of its record's name, so that a scenario holds all that it is
/// about.
fn read_start(
    file: &mut ScenarioFile,
    document: &mut toml::Table,
    overrides: &Overrides,
    complaints: &mut Complaints,
) -> Result<(), Wrong> {
    let Some(InitialKind::From(address)) = &file.model.initial else { return Ok(()) };
    let folder = overrides.folder.clone().unwrap_or_default();
    match from_record::read(address, &folder, overrides.records, file) {
        Ok(keys) => {
            let start = InitialKind::Recorded(keys);
            put_into_model(document, "initial", toml::Table::try_from(start.clone())?);
            file.model.initial = Some(start);
        }
        Err(mistake) => complaints.add(["model", "initial", "from"], mistake.message, &mistake.help),
    }
    Ok(())
}

/// Puts a section into the model of a document.
fn put_into_model(document: &mut toml::Table, key: &str, section: toml::Table) {
    if let Some(toml::Value::Table(model)) = document.get_mut("model") {
        model.insert(key.to_owned(), toml::Value::Table(section));
    }
}
