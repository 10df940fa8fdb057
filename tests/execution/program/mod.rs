//! Executing as a user does it: the program, run in a small project.

mod bounds;
mod cloud;
mod cloud_azure;
mod cloud_places;
mod cloud_several;
mod confirming;
mod ending;
mod killing;
mod mark;
mod not_run;
mod overlay;
mod project;
mod recovering;
mod showing;
mod verdicts;
