//! `meanfield run`, `landscape` and `sweep`: a session of the library with bars beside it, its
//! summary printed.

use clap::Args;
use meanfield::mpi::Ranks;
use meanfield::{Finished, Observer, Options, Part, Session, Source, Task};

use crate::arguments::{self, ProgressForm, RunOptions};
use crate::bars::Bars;
use crate::commands::report;
use crate::failure::Failure;
use crate::interrupt;
use crate::lines::EventLines;
use crate::print;
use crate::ranks;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct SweepOptions {
    #[command(flatten)]
    pub run: RunOptions,
    /// Vary a key: values 1,2,3, a range 0.1..0.9:100 or a logarithmic one log(0.1..10:20) (repeatable: their
    /// product; added to the scenario's [vary]).
    #[arg(long, value_name = "KEY=VALUES")]
    pub vary: Vec<String>,
}

/// The verb `run`.
pub fn run(options: &RunOptions) -> Result<Verdict, Failure> {
    session(&options.source.of_library(), Task::Run, options)
}

/// The verb `landscape`.
pub fn landscape(options: &RunOptions) -> Result<Verdict, Failure> {
    session(&options.source.of_library(), Task::Landscape, options)
}

/// The verb `sweep`.
pub fn sweep(options: &SweepOptions) -> Result<Verdict, Failure> {
    let mut source = options.run.source.of_library();
    source.vary.clone_from(&options.vary);
    session(&source, Task::Sweep, &options.run)
}

fn session(source: &Source, task: Task, options: &RunOptions) -> Result<Verdict, Failure> {
    interrupt::listen().map_err(|error| Failure::run(format!("signals cannot be listened to: {error}")))?;
    if let Some(wall) = options.max_wall {
        interrupt::limit(wall);
    }
    match ranks::join(options)? {
        Some(ranks) => {
            let outcome = session_of_ranks(source, task, options, &*ranks);
            Ok(ranks::leave(&*ranks, outcome))
        }
        None => observed(&Session::new(source, task, options.of_library())?, options, None),
    }
}

/// A session that this process shares with others.
fn session_of_ranks(
    source: &Source,
    task: Task,
    options: &RunOptions,
    ranks: &dyn Ranks,
) -> Result<Verdict, Failure> {
    let mut own = options.of_library();
    own.threads = ranks::threads(own.threads, ranks);
    match ranks::all_have(ranks, Session::new(source, task, own).map_err(Failure::from))? {
        Some(session) => observed(&session, options, Some(ranks)),
        None => Ok(Verdict::Fails), // the first rank says why
    }
}

/// Runs a session under the observer that was asked for; of several ranks only the first shows progress.
fn observed(session: &Session, options: &RunOptions, ranks: Option<&dyn Ranks>) -> Result<Verdict, Failure> {
    interrupt::save_before_the_end();
    match options.form() {
        _ if ranks.is_some_and(|ranks| ranks.number() > 0) => {
            run_session(session, options, ranks, &EventLines::new(ProgressForm::None))
        }
        ProgressForm::Auto => run_session(session, options, ranks, &Bars::default()),
        form => run_session(session, options, ranks, &EventLines::new(form)),
    }
}

/// Runs a session, one part of it, or this rank's share of it.
fn run_session(
    session: &Session,
    options: &RunOptions,
    ranks: Option<&dyn Ranks>,
    observer: &dyn Observer,
) -> Result<Verdict, Failure> {
    if let Some(part) = options.part {
        return run_part(session, part, observer);
    }
    let finished = match ranks {
        Some(ranks) => session.run_on(ranks, observer)?,
        None => Some(session.run(observer)?),
    };
    finished.map_or(Ok(Verdict::Holds), |finished| print_and_report(&finished, options))
}

/// Prints what a session came to, and writes its page.
fn print_and_report(finished: &Finished, options: &RunOptions) -> Result<Verdict, Failure> {
    print_summary(finished, options.session.json)?;
    write_report(finished, options)?;
    if !matches!(options.form(), ProgressForm::None | ProgressForm::Json) {
        say_where(finished);
    }
    Ok(Verdict::of(finished.summary.holds))
}

/// Computes one part of a session.
fn run_part(session: &Session, part: Part, observer: &dyn Observer) -> Result<Verdict, Failure> {
    let finished = session.run_part(part, observer)?;
    let place = finished.folder.display();
    print::note(format!("part {part}: {} of {} runs are computed", finished.own, finished.all));
    if finished.stopped > 0 {
        print::note(format!(
            "{} of them stopped before their end; merging tries them again",
            finished.stopped
        ));
    }
    print::note(format!("when all parts are: meanfield merge {place}"));
    Ok(Verdict::Holds)
}

/// Prints what a session came to, and says where it is.
pub fn print_finished(finished: &Finished, json: bool) -> Result<Verdict, Failure> {
    print_summary(finished, json)?;
    say_where(finished);
    Ok(Verdict::of(finished.summary.holds))
}

/// Prints the summary of a result.
fn print_summary(finished: &Finished, json: bool) -> Result<(), Failure> {
    if json {
        print::json(&finished.summary)?;
    } else {
        print::result(finished.summary.in_words())?;
    }
    Ok(())
}

/// Says where a result is.
fn say_where(finished: &Finished) {
    if !finished.summary.failed.is_empty() {
        print::note("--resume tries again what stopped");
    }
    let place = finished.folder.display();
    match finished.computed {
        Some(_) => print::note(format!("written: {place}")),
        None => print::note(format!("{place} held this result already: nothing was computed")),
    }
}

/// Writes the page of a result where that was asked for. One that is there is of the result that was
/// replaced, where one was.
fn write_report(finished: &Finished, options: &RunOptions) -> Result<(), Failure> {
    let file = finished.folder.join(report::FILE);
    if options.report {
        report::write(&finished.folder.join("record.h5"), &file, options.session.overwrite)?;
    } else if finished.computed.is_some() && file.exists() {
        print::note(format!("{} is of an earlier result: --report makes a new one", file.display()));
    }
    Ok(())
}

impl arguments::Source {
    /// The typed options in the form of the library.
    pub fn of_library(&self) -> Source {
        let mut source = Source::file(&self.scenario);
        source.quick = self.quick;
        source.set.clone_from(&self.set);
        source.refine = self.refine;
        source
    }
}

impl RunOptions {
    /// The typed options in the form of the library.
    fn of_library(&self) -> Options {
        let mut options = self.session.of_library().output(&self.output);
        options.extend = self.extend;
        options.checkpoint_every = self.checkpoint_every;
        options
    }
}
