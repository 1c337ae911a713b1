//! `meanfield run`, `landscape` and `sweep`: a session of the library with bars beside it, its
//! summary printed.

use clap::Args;
use meanfield::{Finished, Options, Part, Session, Source, Task};

use crate::arguments::{self, RunOptions};
use crate::bars::Bars;
use crate::failure::Failure;
use crate::interrupt;
use crate::print;
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
    let session = Session::new(source, task, options.of_library())?;
    match options.part {
        Some(part) => run_part(&session, part),
        None => print_finished(&session.run(&Bars::default())?, options.json),
    }
}

/// Computes one part of a session.
fn run_part(session: &Session, part: Part) -> Result<Verdict, Failure> {
    let finished = session.run_part(part, &Bars::default())?;
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

/// Prints what a session came to.
pub fn print_finished(finished: &Finished, json: bool) -> Result<Verdict, Failure> {
    if json {
        print::json(&finished.summary)?;
    } else {
        print::result(finished.summary.in_words())?;
    }
    if !finished.summary.failed.is_empty() {
        print::note("--resume tries again what stopped");
    }
    let place = finished.folder.display();
    match finished.computed {
        Some(_) => print::note(format!("written: {place}")),
        None => print::note(format!("{place} held this result already: nothing was computed")),
    }
    Ok(Verdict::of(finished.summary.holds))
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
        let command: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
        let mut options = Options::default().output(&self.output);
        options.threads = self.threads;
        options.resume = self.resume;
        options.overwrite = self.overwrite;
        options.checkpoint_every = self.checkpoint_every;
        options.command = command.join(" ");
        options
    }
}
