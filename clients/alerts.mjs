/**
 * The guide's alerts: node alerts.mjs [ws://host:port/ws]
 *
 * As printed there, `this` is undefined, the client's own handler is replaced, and every update of a vessel in port is
 * an alert again. Here the client goes on as before, and an alert comes once, when something happens.
 */
import { FleetClient } from "./ais_client.mjs";

const FAST_KNOTS = 20;
const SLOW_AGAIN_KNOTS = 19;

export function setupAlerts(client, showAlert) {
    const before = new Map();
    const handleMessage = client.handleMessage.bind(client);

    client.handleMessage = (data) => {
        handleMessage(data);
        if (data.type !== 'vessel_updates') return;
        data.updates.forEach(vessel => {
            const last = before.get(vessel.mmsi);
            const speed = vessel.kinematics.speed_over_ground;
            const port = vessel.status === 'in_port' ? vessel.position.port_name : null;
            // a speed between the two limits leaves it as it was: no alert for every tenth of a knot
            const fast = speed > FAST_KNOTS || (speed >= SLOW_AGAIN_KNOTS && Boolean(last?.fast));
            // Alert for vessels entering port; who is there at first sight has not just entered
            if (last && port && !last.port) showAlert(`${vessel.vessel_name} entered ${port}`);
            // Alert for high-speed vessels
            if (fast && !last?.fast) showAlert(`${vessel.vessel_name} moving at high speed: ${speed} kts`);
            before.set(vessel.mmsi, { port, fast });
        });
    };
}

if (globalThis.process?.argv[1]?.endsWith("alerts.mjs")) {
    setupAlerts(new FleetClient(process.argv[2]), (words) => console.log(`ALERT ${words}`));
}
