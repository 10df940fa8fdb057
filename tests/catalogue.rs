//! The source catalogue's data is well formed and says what it must.

use misfire::event::catalogue::{Catalogue, LogSource, Origin, Routing};
use std::time::Instant;

#[test]
fn the_bundled_data_loads() {
    let mut best = f64::MAX;
    for _ in 0..50 {
        let start = Instant::now();
        Catalogue::load().expect("the bundled data is well formed");
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("parsing the catalogue takes {:.2} ms", best * 1e3);
}

#[test]
fn a_process_start_is_routed_from_both_products() {
    let catalogue = Catalogue::bundled();
    let source = LogSource::new(Some("Windows"), Some("process_creation"), None);
    let Routing::Routes(routes) = catalogue.routes(&source) else {
        panic!("{source} has no routes");
    };
    let covers = |channel, event_id| {
        routes.iter().any(|route| {
            route.covers(Origin::EventLog {
                provider: "",
                channel: Some(channel),
                event_id,
            })
        })
    };
    assert!(covers("Microsoft-Windows-Sysmon/Operational", 1));
    assert!(covers("security", 4688));
    assert!(!covers("Security", 1));
}
