// Lines as quads of two triangles each, straight from the columns: sigma keeps three objects and a string for each edge,
// which took longer than to draw 50,000 of them, so its own graph has people only. Without instances, because software
// WebGL draws these one by one (five times as long). Width and soft rim are computed as sigma does.
import { EdgeProgram } from 'sigma/rendering';
import { floatColor } from 'sigma/utils';
import type { Coordinates, RenderParams } from 'sigma/types';

const VERTEX = `attribute vec4 a_color; attribute vec2 a_normal; attribute vec2 a_position;
uniform mat3 u_matrix; uniform float u_sizeRatio; uniform float u_zoomRatio; uniform float u_pixelRatio;
uniform float u_correctionRatio; uniform float u_minEdgeThickness; uniform float u_feather;
varying vec4 v_color; varying vec2 v_normal; varying float v_thickness; varying float v_feather;
void main() {
  float wide = length(a_normal);
  vec2 unit = wide > 0.0 ? a_normal / wide : vec2(0.0);
  float thickness = max(wide, u_minEdgeThickness * u_sizeRatio) * u_correctionRatio / u_sizeRatio;
  gl_Position = vec4((u_matrix * vec3(a_position + unit * thickness, 1)).xy, 0, 1);
  v_thickness = thickness / u_zoomRatio;
  v_normal = unit;
  v_feather = u_feather * u_correctionRatio / u_zoomRatio / u_pixelRatio * 2.0;
  v_color = a_color;
  v_color.a *= 255.0 / 254.0;
}`;

const FRAGMENT = `precision mediump float;
varying vec4 v_color; varying vec2 v_normal; varying float v_thickness; varying float v_feather;
void main() {
  float rim = smoothstep(v_thickness - v_feather, v_thickness, length(v_normal) * v_thickness);
  gl_FragColor = mix(v_color, vec4(0.0), rim);
}`;

const UNIFORMS = [
  'u_matrix',
  'u_zoomRatio',
  'u_sizeRatio',
  'u_correctionRatio',
  'u_pixelRatio',
  'u_feather',
  'u_minEdgeThickness',
] as const;

const CORNERS = 4; // of a line
const FLOATS = 5; // of a corner: place, normal, colour
const TRIANGLES = [0, 1, 2, 2, 1, 3];

/** Takes one line: its ends in sigma's frame, its width in pixels at the first zoom, its colour. */
export type Put = (from: Coordinates, to: Coordinates, size: number, colour: string) => void;

/** A program for the lines that `all` puts, at most `most()`; they are asked for whenever sigma places people anew. */
export function linesOf(most: () => number, all: (put: Put) => void) {
  return class Lines extends EdgeProgram<(typeof UNIFORMS)[number]> {
    private readonly corners: WebGLBuffer;
    /** Whether the card has the lines as they are now. */
    private sent = false;

    constructor(...made: ConstructorParameters<typeof EdgeProgram>) {
      super(...made);
      const [gl] = made;
      this.corners = gl.createBuffer()!;
      gl.getExtension('OES_element_index_uint'); // part of WebGL 2
    }

    getDefinition() {
      const { FLOAT, UNSIGNED_BYTE, TRIANGLES: METHOD } = WebGLRenderingContext;
      return {
        VERTICES: CORNERS,
        VERTEX_SHADER_SOURCE: VERTEX,
        FRAGMENT_SHADER_SOURCE: FRAGMENT,
        METHOD,
        UNIFORMS,
        ATTRIBUTES: [
          { name: 'a_position', size: 2, type: FLOAT },
          { name: 'a_normal', size: 2, type: FLOAT },
          { name: 'a_color', size: 4, type: UNSIGNED_BYTE, normalized: true },
        ],
      };
    }

    processVisibleItem(): void {
      // sigma's graph has no edges
    }

    override reallocate(): void {
      const array = new Float32Array(most() * CORNERS * FLOATS);
      let i = 0;
      const corner = (end: Coordinates, nx: number, ny: number, colour: number) => {
        array[i++] = end.x;
        array[i++] = end.y;
        array[i++] = nx;
        array[i++] = ny;
        array[i++] = colour;
      };
      all((from, to, size, colour) => {
        const [dx, dy] = [to.x - from.x, to.y - from.y];
        const length = Math.hypot(dx, dy);
        const scale = length > 0 ? size / length : 0;
        const [nx, ny] = [-dy * scale, dx * scale];
        const paint = floatColor(colour);
        corner(from, nx, ny, paint);
        corner(from, -nx, -ny, paint);
        corner(to, nx, ny, paint);
        corner(to, -nx, -ny, paint);
      });
      this.array = array.subarray(0, i);
      this.verticesCount = (i / FLOATS / CORNERS) * TRIANGLES.length;
      this.sent = false;
    }

    /** The lines go to the card when they have changed, not for each picture. */
    protected override bindProgram(program: Parameters<EdgeProgram['drawWebGL']>[1]): void {
      const { gl, buffer } = program;
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      let offset = 0;
      for (const attribute of this.ATTRIBUTES) offset += this.bindAttribute(attribute, program, offset);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.corners);
      if (this.sent) return;
      gl.bufferData(gl.ARRAY_BUFFER, this.array, gl.DYNAMIC_DRAW);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, trianglesOf(this.verticesCount), gl.DYNAMIC_DRAW);
      this.sent = true;
    }

    override drawWebGL(method: number, { gl, frameBuffer }: Parameters<EdgeProgram['drawWebGL']>[1]): void {
      gl.bindFramebuffer(gl.FRAMEBUFFER, frameBuffer);
      gl.drawElements(method, this.verticesCount, gl.UNSIGNED_INT, 0);
    }

    setUniforms(params: RenderParams, { gl, uniformLocations: at }: Parameters<EdgeProgram['setUniforms']>[1]): void {
      const where = at as Record<string, WebGLUniformLocation>;
      gl.uniformMatrix3fv(where['u_matrix']!, false, params.matrix);
      gl.uniform1f(where['u_zoomRatio']!, params.zoomRatio);
      gl.uniform1f(where['u_sizeRatio']!, params.sizeRatio);
      gl.uniform1f(where['u_correctionRatio']!, params.correctionRatio);
      gl.uniform1f(where['u_pixelRatio']!, params.pixelRatio);
      gl.uniform1f(where['u_feather']!, params.antiAliasingFeather);
      gl.uniform1f(where['u_minEdgeThickness']!, params.minEdgeThickness);
    }
  };
}

/** So many corners of triangles, by number: two triangles for each line. */
function trianglesOf(corners: number): Uint32Array {
  const made = new Uint32Array(corners);
  for (let k = 0; k < corners; k++) {
    made[k] = Math.floor(k / TRIANGLES.length) * CORNERS + TRIANGLES[k % TRIANGLES.length]!;
  }
  return made;
}
