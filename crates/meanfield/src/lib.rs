//! Predicts how stochastic gradient descent trains wide neural networks, by the partial differential equation
//! that their neurons' distribution obeys, and checks the prediction by training.
//!
//! A *scenario* states data, network, training and what is claimed of them. A [`Session`] runs it:
//!
//! ```no_run
//! use meanfield::prelude::*;
//!
//! let session = Session::open("scenarios/isotropic/figure-1.toml", "output")?;
//! let finished = session.run(&())?;
//! println!("{}", finished.summary.in_words());
//! # Ok::<(), meanfield::Error>(())
//! ```
//! Without a scenario file the crates below it can be used by themselves: [`model`] states what is trained,
//! [`solver`] and [`particle`] solve and train, [`run`] drives them through time, [`compare`] judges,
//! [`store`] and [`figure`] save and draw. This crate prints nothing and reads no command line.

mod addresses;
mod checkpoint;
mod clock;
mod compute;
mod disk;
mod error;
mod folder;
mod journal;
mod lock;
mod observer;
mod options;
mod partial;
mod place;
pub mod prelude;
mod publish;
mod recorded;
mod result;
pub mod sealed;
mod session;
mod source;
mod summary;
mod version;

pub use error::Error;
pub use observer::{Observer, RunInfo, RunObserver};
pub use options::Options;
pub use recorded::{A_RECORD, Recorded};
pub use session::{Computed, Finished, Session, Task};
pub use source::Source;
pub use summary::{ComparisonSummary, Summary, compared};
pub use version::{VERSION, computing};

pub use meanfield_compare as compare;
pub use meanfield_figure as figure;
pub use meanfield_model as model;
pub use meanfield_particle as particle;
pub use meanfield_run as run;
pub use meanfield_scenario as scenario;
pub use meanfield_solver as solver;
pub use meanfield_store as store;
