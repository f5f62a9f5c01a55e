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

/**
 * What the guide's class leaves open: keeps the newest state of each vessel, connects again, and says what is wrong.
 * Override `report` to show its words elsewhere, and `updateVesselOnMap` and `updateFleetStats` for a map of yours.
 */
export class FleetClient extends AISClient {
    vessels = new Map();
    #url;
    #waitMs = 1000;
    #heard = Date.now();
    #opened = false;
    #closed = false;

    constructor(url = 'ws://localhost:8050/ws', { quietMs = 90_000 } = {}) {
        super(url);
        this.#url = url;
        this.watch = setInterval(() => this.#complainWhenQuiet(quietMs), Math.min(quietMs, 5000));
    }

    setupHandlers() {
        super.setupHandlers();
        const open = this.websocket.onopen;
        this.websocket.onopen = (event) => {
            this.#opened = true;
            this.#waitMs = 1000;
            this.#heard = Date.now();
            open(event);
        };
        this.websocket.onclose = ({ code, reason }) => this.#tryAgain(code, reason);
        this.websocket.onerror = () => {}; // a close follows, and says more
    }

    /** End it for good. */
    close() {
        this.#closed = true;
        clearInterval(this.watch);
        this.websocket.close();
    }

    handleMessage(data) {
        if (data.type === 'vessel_updates') this.#heard = Date.now();
        if (data.type === 'vessel_updates' && data.snapshot && (data.part ?? 1) === 1) this.vessels.clear();
        if (data.type === 'error') this.report(`the server refuses: ${data.message}`);
        super.handleMessage(data);
    }

    updateVesselOnMap(vessel) {
        this.vessels.set(vessel.mmsi, vessel);
    }

    updateFleetStats(summary) {
        console.log(`${this.vessels.size} vessels known, ${summary.total_vessels} in the fleet`);
    }

    report(words) {
        console.error(words);
    }

    #tryAgain(code, reason) {
        if (this.#closed) return;
        this.report(this.#opened
            ? `connection lost (${code}${reason ? ` ${reason}` : ''}), next try in ${this.#waitMs / 1000} s`
            : `no AIS stream at ${this.#url}: is the server running, on this port and path? next try in ${this.#waitMs / 1000} s`);
        this.#opened = false;
        setTimeout(() => {
            if (this.#closed) return;
            this.websocket = new WebSocket(this.#url);
            this.setupHandlers();
        }, this.#waitMs * (0.75 + Math.random() / 2)); // after a restart not all clients shall come at once
        this.#waitMs = Math.min(2 * this.#waitMs, 30_000);
    }

    #complainWhenQuiet(quietMs) {
        const quiet = Date.now() - this.#heard;
        if (this.websocket.readyState !== 1 || quiet < quietMs) return;
        this.report(`connected, but no vessel update for ${Math.round(quiet / 1000)} s: ask the server's /api/realtime/status`);
        this.send({ type: 'get_fleet_summary' });
    }
}

if (globalThis.process?.argv[1]?.endsWith("ais_client.mjs")) new FleetClient(process.argv[2]);
