/**
 * The guide's client for browsers and node: node ais_client.mjs [ws://host:port/ws]
 * Node before version 22 has no WebSocket of its own: npm install ws
 */
globalThis.WebSocket ??= (await import("ws")).WebSocket;

export class AISClient {
    constructor(url = 'ws://localhost:8765') {
        this.websocket = new WebSocket(url);
        this.setupHandlers();
    }
    
    setupHandlers() {
        this.websocket.onopen = () => {
            console.log('Connected to AIS stream');
            this.subscribe('all');
        };
        
        this.websocket.onmessage = (event) => {
            const data = JSON.parse(event.data);
            this.handleMessage(data);
        };
    }
    
    subscribe(type) {
        this.send({
            type: 'subscribe',
            subscription_type: type
        });
    }
    
    send(message) {
        this.websocket.send(JSON.stringify(message));
    }
    
    handleMessage(data) {
        switch(data.type) {
            case 'vessel_updates':
                console.log(`Received ${data.update_count} vessel updates`);
                data.updates.forEach(vessel => {
                    this.updateVesselOnMap(vessel);
                });
                break;
                
            case 'fleet_summary_update':
                this.updateFleetStats(data.summary);
                break;
        }
    }
}

/** Supplies what AISClient leaves open: keeps the newest state of each vessel, and prints the fleet's totals. */
export class PrintingClient extends AISClient {
    vessels = new Map();

    updateVesselOnMap(vessel) {
        this.vessels.set(vessel.mmsi, vessel);
    }

    updateFleetStats(summary) {
        console.log(`${this.vessels.size} vessels known, ${summary.total_vessels} in the fleet`);
    }
}

if (globalThis.process?.argv[1]?.endsWith("ais_client.mjs")) new PrintingClient(process.argv[2] ?? "ws://localhost:8050/ws");
