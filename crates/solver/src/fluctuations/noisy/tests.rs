//! Tests of the fluctuations with noise: exact values, the noiseless equations, and convergence.
