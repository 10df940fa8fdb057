//! Stages: how what an atomic leaves behind comes to be.

pub mod execute;
