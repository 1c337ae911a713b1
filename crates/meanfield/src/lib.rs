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
//! A [`Study`](scenario::study::Study) states the same in code, and [`solve`] computes it in memory:
//!
//! ```
//! use meanfield::prelude::*;
//!
//! let data = GaussianClasses::isotropic(40, 0.8)?;
//! let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
//! let problem = Problem::two_layer(data, sigma.into(), Initial::Gaussian { scale: 0.8 })?;
//! let plan = Plan { times: vec![0.1, 1.0], ..Plan::default() };
//! let study = Study::new(problem, plan).with("pde", FiniteVolume::with_cells([200]));
//! let records = solve(&study, &())?;
//! # assert!((records[0].row("risk", 0).expect("a curve")[1] - 1.0706).abs() < 1e-3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! Without either the crates below it can be used by themselves: [`model`] states what is trained,
//! [`solver`] and [`particle`] solve and train, [`run`] drives them through time, [`compare`] judges,
//! [`store`] and [`figure`] save and draw. This crate prints nothing and reads no command line.

mod addresses;
mod advice;
mod checkpoint;
mod clock;
mod compute;
mod dealt;
mod disk;
mod error;
pub mod estimate;
mod folder;
mod journal;
mod kept;
mod lock;
mod mail;
mod merge;
mod observer;
mod options;
mod partial;
mod parts;
mod place;
pub mod prelude;
mod publish;
mod recorded;
mod result;
pub mod sealed;
mod session;
mod share;
mod solve;
mod source;
pub mod summary;
mod task;
mod together;
mod version;

pub use advice::{Advice, OptionName};
pub use error::Error;
pub use meanfield_files::write as write_file;
pub use observer::{Observer, RunInfo, RunObserver};
pub use options::Options;
pub use recorded::{A_RECORD, Drawing, Recorded};
pub use session::{Computed, Finished, FinishedPart, Session};
pub use share::Part;
pub use solve::solve;
pub use source::Source;
pub use summary::{ComparisonSummary, Summary, compared};
pub use task::Task;
pub use version::{COMPUTING, VERSION, computing};

pub use meanfield_compare as compare;
pub use meanfield_figure as figure;
pub use meanfield_model as model;
pub use meanfield_mpi as mpi;
pub use meanfield_particle as particle;
pub use meanfield_report as report;
pub use meanfield_run as run;
pub use meanfield_scenario as scenario;
pub use meanfield_solver as solver;
pub use meanfield_store as store;
