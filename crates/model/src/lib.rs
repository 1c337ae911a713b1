//! The mathematics of mean-field two-layer networks: data, activation, reduced coordinates,
//! potentials, measures, risk.
//!
//! ŷ(x) = (1/N) Σ_i σ_*(x; θ_i) with units σ(⟨w, x⟩) or a σ(⟨w, x⟩ + b); R(ρ) = E y² + 2∫V dρ + ∬U dρ dρ; Ψ =
//! V + ∫U dρ (Mei, Montanari & Nguyen 2018). This crate knows no time step, no file, no thread pool and no
//! random generator.

pub mod activation;
pub mod angle_law;
pub mod axis;
pub mod block_landscape;
pub mod block_modes;
pub mod block_series;
pub mod blocks;
pub mod boxes;
mod chebyshev;
pub mod classification;
pub mod coordinate_law;
pub mod coordinate_start;
pub mod coordinates;
pub mod data;
pub mod data_loss;
pub mod data_model;
pub mod data_quadrature;
#[cfg(test)]
mod deviates;
pub mod directed;
pub mod energy;
pub mod features;
pub mod finite_network;
pub mod hermite_table;
pub mod initial;
pub mod input_landscape;
pub mod input_nodes;
mod isotropic;
pub mod joint_start;
mod judging;
pub mod landscape;
pub mod lazy;
pub mod length_outputs;
pub mod loss;
pub mod low_degree;
pub mod marginal;
pub mod mean_output;
pub mod measure;
pub mod mixture;
pub mod normal;
pub mod number_law;
pub mod overlap;
pub mod parameter_groups;
pub mod plane_table;
pub mod problem;
pub mod pushforward;
pub mod quadrature;
pub mod radial_landscape;
pub mod radial_series;
pub mod recorded_start;
pub mod reduction;
pub mod ridge;
pub mod spectrum;
pub mod sphere;
pub mod sphere_start;
pub mod squared_loss;
pub mod tabulated;
pub mod teacher;
pub mod unit;
pub mod volume;
pub mod zonal;
