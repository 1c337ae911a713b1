//! Residual networks: identities, limits, networks coupled to them, global convergence.

mod effects;
mod identities;
mod laws;
mod limit;
mod problems;
mod systems;
